type Format = 'toml' | 'json' | 'jsonc' | 'yaml' | 'dotenv' | 'posix-profile' | 'gitignore'

export declare const largeFiles: Readonly<Record<Format, Readonly<Record<string, (size: number) => string>>>>
