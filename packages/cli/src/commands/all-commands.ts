import type { Command } from '../command/define-command.ts'
import { backtestCommand } from './backtest.ts'

/** Every command, in the order of `qmtl --help`. */
export const allCommands: readonly Command[] = [backtestCommand]
