import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import * as z from 'zod'

const Step = z.object({
  if: z.string().optional(),
  id: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
  env: z.record(z.string(), z.string()).default({}),
})

const Workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  concurrency: z.object({ 'cancel-in-progress': z.union([z.boolean(), z.string()]) }),
  env: z.record(z.string(), z.string()).default({}),
  jobs: z.record(
    z.string(),
    z.object({
      if: z.string().optional(),
      needs: z.string().optional(),
      environment: z.unknown().optional(),
      permissions: z.unknown().optional(),
      env: z.unknown().optional(),
      'timeout-minutes': z.number().optional(),
      uses: z.string().optional(),
      steps: z.array(Step).default([]),
    }),
  ),
})

export const parseWorkflow = (text: string) => Workflow.parse(parse(text))

export const readWorkflow = async (name: string) =>
  parseWorkflow(await readFile(`.github/workflows/${name}`, 'utf8'))

export const expression = (name: string) => `\${{ ${name} }}`
