import { describeFailure } from '../failure.ts'

type Props = {
  error: unknown
  retry?: (() => void) | undefined
  retryLabel?: string
  dismiss?: () => void
}

/** A failure, in the words of the service, and how to go on. */
export function Notice({ error, retry, retryLabel = 'Try again', dismiss }: Props) {
  const { title, text, page, requestId } = describeFailure(error)

  return (
    <div class="notice bad" role="alert">
      <div class="notice-text">
        <strong>{title}.</strong> <span>{text}</span>
        {(page !== undefined || requestId !== undefined) && (
          <p class="notice-more">
            {page !== undefined && (
              <a href={page} target="_blank" rel="noreferrer">
                What to do
              </a>
            )}
            {requestId !== undefined && (
              <span>
                Request <code>{requestId}</code>
              </span>
            )}
          </p>
        )}
      </div>
      {retry && (
        <button type="button" onClick={retry}>
          {retryLabel}
        </button>
      )}
      {dismiss && (
        <button type="button" class="quiet" onClick={dismiss}>
          Dismiss
        </button>
      )}
    </div>
  )
}
