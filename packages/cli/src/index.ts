export { allCommands } from './commands/all-commands.ts'
export { runProgram, type ProgramOptions } from './program.ts'
export type { CommandContext, CommandResult, Screen, Shell } from './command/context.ts'
