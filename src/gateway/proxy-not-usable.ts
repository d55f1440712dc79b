/** A proxy is named in the environment, but it is none that can be spoken to. */
export class ProxyNotUsable extends Error {}
