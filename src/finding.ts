/** Something the user should know; `id` is stable and the same in JSON. */
export interface Finding {
  readonly id: string
  readonly level: 'info' | 'warning'
  readonly message: string
  readonly messageZh?: string
}
