// One of the processes of a race: told where and what, it runs the built program's main once, and says how it ended.
import process from 'node:process'

const { main } = await import(process.env.RACE_PROGRAM)

/** What the program says goes nowhere; the last of it is kept, for when it ends otherwise than it may. */
let said = ''
const hear = (chunk, ...rest) => {
  if (String(chunk) !== '') said = String(chunk)
  // The program waits for what it wrote to be taken.
  setImmediate(rest.findLast((each) => typeof each === 'function') ?? (() => {}))
  return true
}
process.stdout.write = hear
process.stderr.write = hear

process.on('message', async ({ home, args }) => {
  process.env.HOME = home
  process.chdir(home)
  await main(args)
  process.send({ exit: process.exitCode ?? 0, said })
})
process.send('ready')
