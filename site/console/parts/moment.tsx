import { formatExactMoment, formatMoment } from '../format.ts'

export const Moment = ({ at }: { at: string }) => (
  <time dateTime={at} title={formatExactMoment(at)}>
    {formatMoment(at)}
  </time>
)
