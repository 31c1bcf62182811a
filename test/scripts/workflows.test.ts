import { glob, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { workflowsAreClean } from '../../scripts/check/workflows.ts'
import { expression, parseWorkflow, readWorkflow } from '../support/workflows.ts'

const files = (await Array.fromAsync(glob('.github/workflows/*'))).sort()
const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))

const jobsOf = (text: string) => Object.values(parseWorkflow(text).jobs)
const stepsOf = (text: string) => jobsOf(text).flatMap(({ steps }) => steps)

describe('the workflows', () => {
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
    expect(parseWorkflow(text).permissions).toEqual({ contents: 'read' })
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
    expect(JSON.stringify(parseWorkflow(text).env)).not.toContain('secrets.')
    for (const { env } of stepsOf(text).filter(({ run }) => run === 'npm ci')) {
      expect(env).toEqual({})
    }
  })
})

describe('check.yml', () => {
  test('is asked for by every pull request, and by a deploy', async () => {
    const { on } = await readWorkflow('check.yml')

    expect(on).toEqual({ pull_request: null, workflow_call: null })
  })
})

describe('nightly.yml', () => {
  test('runs the long tests for half an hour', async () => {
    const { jobs } = await readWorkflow('nightly.yml')
    const step = jobs['long']?.steps.at(-1)

    expect(step).toMatchObject({ run: 'npm run test:long', env: { SOAK_MINUTES: '30' } })
  })
})
