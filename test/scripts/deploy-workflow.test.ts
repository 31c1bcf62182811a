import { describe, expect, test } from 'vitest'
import { readWorkflow } from '../support/workflows.ts'

const deploy = await readWorkflow('deploy.yml')

describe('deploy.yml', () => {
  test('deploys what is on main, when all checks have passed, and is never stopped half way', () => {
    expect(deploy.on).toEqual({ push: { branches: ['main'] } })
    expect(deploy.jobs['check']?.uses).toBe('./.github/workflows/check.yml')
    expect(deploy.jobs['deploy']).toMatchObject({ needs: 'check', environment: 'production' })
    expect(deploy.concurrency['cancel-in-progress']).toBe(false)
  })
})
