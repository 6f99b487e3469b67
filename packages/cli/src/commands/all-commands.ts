import type { Command } from '../command/define-command.ts'
import { backtestCommand } from './backtest.ts'
import { dataActionsCommand } from './data-actions.ts'
import { dataCoverageCommand } from './data-coverage.ts'
import { dataExportCommand } from './data-export.ts'
import { dataImportCommand } from './data-import.ts'
import { dataListCommand } from './data-list.ts'
import { dataRollupCommand } from './data-rollup.ts'
import { dataVerifyCommand } from './data-verify.ts'
import { demoCommand } from './demo.ts'
import { devCommand } from './dev.ts'
import { explainCommand } from './explain.ts'
import { initCommand } from './init.ts'
import { statusCommand } from './status.ts'
import { submitCommand } from './submit.ts'
import { sweepCommand } from './sweep.ts'
import { worldApplyCommand } from './world-apply.ts'
import { worldAuditCommand } from './world-audit.ts'
import { worldCreateCommand } from './world-create.ts'
import { worldEvaluateCommand } from './world-evaluate.ts'
import { worldFreezeCommand } from './world-freeze.ts'
import { worldListCommand } from './world-list.ts'
import { worldPolicyCommand } from './world-policy.ts'
import { worldShowCommand } from './world-show.ts'
import { worldUnfreezeCommand } from './world-unfreeze.ts'

/** Every command, in the order of `qmtl --help`. */
export const allCommands: readonly Command[] = [
  initCommand,
  demoCommand,
  devCommand,
  backtestCommand,
  sweepCommand,
  submitCommand,
  statusCommand,
  explainCommand,
  dataImportCommand,
  dataListCommand,
  dataCoverageCommand,
  dataRollupCommand,
  dataActionsCommand,
  dataVerifyCommand,
  dataExportCommand,
  worldCreateCommand,
  worldListCommand,
  worldShowCommand,
  worldPolicyCommand,
  worldEvaluateCommand,
  worldApplyCommand,
  worldFreezeCommand,
  worldUnfreezeCommand,
  worldAuditCommand,
]
