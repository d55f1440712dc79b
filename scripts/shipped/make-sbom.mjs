// The bill of materials of what ships, in CycloneDX. Neither a time nor a random number is in it, so that the same lock
// file gives the same bytes.
import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library'
import { PackageURL } from 'packageurl-js'

const { Builders, Factories } = Contrib.FromNodePackageJson
const licences = new Contrib.License.Factories.LicenseFactory(refuseExpression)
const builder = new Builders.ComponentBuilder(new Factories.ExternalReferenceFactory(), licences)

/**
 * As JSON text.
 * @param {Record<string, any>} program our own package.json
 * @param {readonly import('./find-packages.mjs').ShippedPackage[]} packages
 */
export function makeSbom(program, packages) {
  const bom = new Models.Bom()
  bom.metadata.component = makeComponent(program, Enums.ComponentType.Application)
  for (const { manifest, optional } of packages) {
    const component = makeComponent(manifest, Enums.ComponentType.Library)
    component.scope = optional ? Enums.ComponentScope.Optional : Enums.ComponentScope.Required
    bom.components.add(component)
    bom.metadata.component.dependencies.add(component.bomRef)
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6))
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`
}

function makeComponent(manifest, type) {
  const component = builder.makeComponent(manifest, type)
  const { group, name, version } = component
  component.purl = new PackageURL('npm', group, name, version).toString()
  component.bomRef.value = component.purl
  return component
}

/** One licence a package, by its id: a choice of several is for a person to make. */
function refuseExpression(text) {
  throw new Error(`a licence expression: ${text}`)
}
