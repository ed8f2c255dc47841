{{/* What no schema can say of the platform, refused with a sentence. (Of one component: service.validate.) */}}
{{- define "day-trading.validate" -}}
{{- $services := .Values.services }}
{{- range .Values.ingress.paths }}
{{- if not (hasKey $services .service) }}
{{- fail (printf "ingress.paths: %s leads to %s, and there is no service called that" .path .service) }}
{{- end }}
{{- end }}
{{- if and .Values.tracing.endpoint .Values.networkPolicies.enabled }}
{{- $url := urlParse .Values.tracing.endpoint }}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (eq $url.scheme "https" | ternary "443" "80") | int }}
{{- if ne $port (int .Values.backing.collector.port) }}
{{- fail (printf "tracing.endpoint has port %d, and backing.collector.port, which network policies open, is %d" $port (int .Values.backing.collector.port)) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Settings of a service that the chart makes itself. Takes {name, service}. */}}
{{- define "day-trading.validateService" -}}
{{- if hasKey (default dict .service.env) "PORT" }}
{{- fail (printf "services.%s.env: PORT comes from services.%s.port, which probes and network policies follow, too" .name .name) }}
{{- end }}
{{- range $label, $_ := .service.podLabels }}
{{- if or (hasPrefix "day-trading/" $label) (has $label (list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/part-of" "app.kubernetes.io/version")) }}
{{- fail (printf "services.%s.podLabels: %s is the chart's own: services and network policies choose pods by it" $.name $label) }}
{{- end }}
{{- end }}
{{- end }}
