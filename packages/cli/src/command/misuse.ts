/**
 * A value of the command line that breaks its rule; shown as `E_USAGE`. A class of its own, because the error table is
 * not loaded before something fails: `qmtl --help` must be quick.
 */
export class Misuse extends Error {
  override readonly name = 'Misuse'
  /** The option or argument as the user wrote it. */
  readonly flag: string
  readonly value: string
  /** Completes "`flag` …". */
  readonly rule: string

  constructor(flag: string, value: string, rule: string) {
    super(value === '' ? `${flag} ${rule}` : `${flag} ${rule}, not '${value}'`)
    this.flag = flag
    this.value = value
    this.rule = rule
  }
}
