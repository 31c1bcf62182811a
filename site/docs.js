const dark = matchMedia('(prefers-color-scheme: dark)')
const useScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches)

useScheme()
dark.addEventListener('change', useScheme)

// Swagger UI begins with every example filled in, and all filters at once find nobody. It also reads
// patterns without the flag `u`, which JSON Schema asks for: the service may judge the values.
const leaveOptionalParametersEmpty = (_key, value) => {
  if (value?.in && !value.required) {
    delete value.example
    delete value.schema?.pattern
  }
  return value
}

const adaptDocument = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        updateSpec: (update) => (text) =>
          update(JSON.stringify(JSON.parse(text, leaveOptionalParametersEmpty))),
      },
    },
  },
})

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  displayRequestDuration: true,
  plugins: [adaptDocument],
  tryItOutEnabled: true,
  // Swagger's own service would be asked for a badge otherwise.
  validatorUrl: null,
})
