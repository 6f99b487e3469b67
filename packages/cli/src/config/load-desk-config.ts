import { dirname, resolve } from 'node:path'
import { loadConfig, type FlagSetting } from '@qmtl/service-kit'
import { configSchema, type Config } from './config.ts'
import { dataPreset, type DataPreset } from './data-preset.ts'

export interface DeskConfigOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The file named on the command line. */
  readonly file?: string | undefined
  readonly flags?: readonly FlagSetting[]
}

/** The configuration of a desk, complete, with absolute paths. */
export interface DeskConfig extends Omit<Config, 'data'> {
  /** The file read; undefined where there is none and the defaults hold. */
  readonly file: string | undefined
  readonly presets: Readonly<Record<string, DataPreset>>
}

/**
 * Reads `qmtl.yml` of the working directory or above it. Paths in it are meant from where the file lies, without one from
 * `cwd`. Throws what `loadConfig` and `dataPreset` throw.
 */
export function loadDeskConfig(options: DeskConfigOptions): DeskConfig {
  const { config, file } = loadConfig(configSchema, options)
  const { data, ...settings } = config
  const root = file === undefined ? options.cwd : dirname(file)
  const presets = Object.entries(data.presets).map(
    ([name, preset]) => [name, dataPreset(name, preset, (path) => resolve(root, path))] as const,
  )
  return {
    ...settings,
    file,
    data_dir: resolve(root, config.data_dir),
    strategies: resolve(root, config.strategies),
    worlds: resolve(root, config.worlds),
    presets: Object.fromEntries(presets),
  }
}
