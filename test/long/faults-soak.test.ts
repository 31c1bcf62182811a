import { soak } from '../support/faults-soak.ts'

soak(Number(process.env['SOAK_MINUTES'] ?? 1))
