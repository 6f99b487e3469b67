export { allCommands } from './commands/all-commands.ts'
export { runProgram, type ProgramOptions } from './program.ts'
export type { CommandContext, CommandResult, Shell } from './command/context.ts'
export type { Screen } from './output/screen.ts'
