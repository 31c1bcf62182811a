// Takes over ten seconds: many clients for some seconds, while the database is broken again and
// again.

import { soak } from '../support/faults-soak.ts'

/** @module-tag slow */
// The short form: test/long/ has the long one.
soak(1 / 6)
