/** Whether a text begins as the gateway's keys do. */
export function looksGatewayKey(text: string): boolean {
  return /^\s*cr_/.test(text)
}
