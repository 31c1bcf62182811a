import { glob, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { workflowsAreClean } from '../../scripts/check/workflows.ts'

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

const files = (await Array.fromAsync(glob('.github/workflows/*'))).sort()
const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
const [check, deploy, nightly, preview] = texts.map((text) => Workflow.parse(parse(text)))

const expression = (name: string) => `\${{ ${name} }}`

const jobsOf = (text: string) => Object.values(Workflow.parse(parse(text)).jobs)
const stepsOf = (text: string) => jobsOf(text).flatMap(({ steps }) => steps)

describe('the workflows', () => {
  test('are four', () => {
    expect(files.map((file) => file.replace('.github/workflows/', ''))).toEqual([
      'check.yml',
      'deploy.yml',
      'nightly.yml',
      'preview.yml',
    ])
  })

  test("are what GitHub's language service calls clean", () => workflowsAreClean())

  test.for([
    [
      'a job that is not there',
      'needs: other\n    runs-on: ubuntu-latest',
      "Value 'other' is not valid",
    ],
    [
      'a key that is not there',
      'runs-on: ubuntu-latest\n    timeout: 5',
      "Unexpected value 'timeout'",
    ],
    [
      'an output that is not there',
      `runs-on: ${expression('steps.x.outputs.y')}`,
      'Unrecognized named-value',
    ],
  ] as const)('are not clean with %s', async ([, line, sentence]) => {
    const file = join(await mkdtemp(join(tmpdir(), 'workflow-')), 'bad.yml')
    await writeFile(file, `on: push\njobs:\n  one:\n    ${line}\n    steps:\n      - run: echo\n`)

    await expect(workflowsAreClean(file)).rejects.toThrow(sentence)
  })
})

describe.for(files.map((file, index) => [file, texts[index] ?? ''] as const))('%s', ([, text]) => {
  test('may read this repository and nothing else', () => {
    expect(Workflow.parse(parse(text)).permissions).toEqual({ contents: 'read' })
    expect(jobsOf(text).filter(({ permissions }) => permissions !== undefined)).toEqual([])
    expect(text).not.toContain('GITHUB_TOKEN')
    expect(text).not.toContain('github.token')
  })

  test('takes every action by the hash of a release', () => {
    for (const line of text.split('\n').filter((each) => /^\s*(- )?uses:/.test(each))) {
      expect(line).toMatch(/uses: ([\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$|\.\/\.github\/)/)
    }
  })

  test('leaves no credentials in the checkout, and no cache for others', () => {
    for (const { uses, with: options } of stepsOf(text)) {
      if (uses?.startsWith('actions/checkout@')) {
        expect(options['persist-credentials']).toBe(false)
      }
      if (uses?.startsWith('actions/setup-node@')) {
        expect(options).toMatchObject({ 'package-manager-cache': false })
      }
    }
  })

  test('ends in time', () => {
    for (const job of jobsOf(text)) {
      expect(job.uses ?? job['timeout-minutes']).toBeDefined()
    }
  })

  test('puts no expression into a script, where its text would be run', () => {
    for (const { run = '' } of stepsOf(text)) {
      expect(run).not.toContain('${{')
    }
  })

  test('gives secrets to the steps that need them, and to no install script', () => {
    expect(jobsOf(text).filter(({ env }) => env !== undefined)).toEqual([])
    expect(JSON.stringify(Workflow.parse(parse(text)).env)).not.toContain('secrets.')
    for (const { env } of stepsOf(text).filter(({ run }) => run === 'npm ci')) {
      expect(env).toEqual({})
    }
  })
})

describe('check.yml', () => {
  test('is asked for by every pull request, and by a deploy', () => {
    expect(check?.on).toEqual({ pull_request: null, workflow_call: null })
  })
})

describe('deploy.yml', () => {
  test('deploys what is on main, when all checks have passed, and is never stopped half way', () => {
    expect(deploy?.on).toEqual({ push: { branches: ['main'] } })
    expect(deploy?.jobs['check']?.uses).toBe('./.github/workflows/check.yml')
    expect(deploy?.jobs['deploy']).toMatchObject({ needs: 'check', environment: 'production' })
    expect(deploy?.concurrency['cancel-in-progress']).toBe(false)
  })
})

describe('nightly.yml', () => {
  test('runs the long tests for half an hour', () => {
    const step = nightly?.jobs['long']?.steps.at(-1)

    expect(step).toMatchObject({ run: 'npm run test:long', env: { SOAK_MINUTES: '30' } })
  })
})

describe('preview.yml', () => {
  const { preview: create, remove } = preview?.jobs ?? {}

  test('has nothing to do with forks, which get no secrets', () => {
    expect(Object.keys(preview?.on ?? {})).toEqual(['pull_request'])
    for (const job of [create, remove]) {
      expect(job?.if).toContain(
        'github.event.pull_request.head.repo.full_name == github.repository',
      )
    }
  })

  test('migrates the branch of the pull request, on its direct address', () => {
    const steps = create?.steps ?? []
    const [branch] = steps.filter(({ id }) => id === 'branch')
    const [made] = steps.filter(({ run }) => run?.includes('npm run --silent preview'))

    expect(branch?.uses).toMatch(/^neondatabase\/create-branch-action@/)
    expect(branch?.with).toMatchObject({
      branch_name: expression('env.NAME'),
      expires_at: expression('steps.expiry.outputs.at'),
    })
    expect(made?.env['DATABASE_URL_DIRECT']).toBe(expression('steps.branch.outputs.db_url'))
  })

  test('hides the password of the branch before it is in any environment', () => {
    const steps = create?.steps ?? []
    const hides = steps.findIndex(({ run }) => run?.includes('::add-mask::'))
    const shows = steps.findIndex(({ env }) => JSON.stringify(env).includes('outputs.db_url'))

    expect(hides).toBeGreaterThan(0)
    expect(hides).toBeLessThan(shows)
    expect(JSON.stringify(steps)).not.toContain('outputs.password')
  })

  test('removes both when the pull request is closed', () => {
    const branch = remove?.steps.at(-1)

    expect(create?.if).toContain("github.event.action != 'closed'")
    expect(remove?.if).toContain("github.event.action == 'closed'")
    expect(remove?.steps.map(({ run }) => run)).toContain(
      'npm run preview -- --name "$NAME" --delete',
    )
    expect(branch?.if).toBe('always()')
    expect(branch?.run).toContain('neon --request DELETE "$BRANCHES/$id"')
    expect(preview?.env['NAME']).toBe(`pr-${expression('github.event.pull_request.number')}`)
  })
})
