import { describe, expect, test } from 'vitest'
import { expression, readWorkflow } from '../support/workflows.ts'

const preview = await readWorkflow('preview.yml')

describe('preview.yml', () => {
  const { preview: create, remove } = preview.jobs

  test('has nothing to do with forks, which get no secrets', () => {
    expect(Object.keys(preview.on)).toEqual(['pull_request'])
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
    expect(preview.env['NAME']).toBe(`pr-${expression('github.event.pull_request.number')}`)
  })
})
