{{/* What no schema can say, refused with a sentence. */}}
{{- define "service.validate" -}}
{{- if and .persistence (or (ne .kind "StatefulSet") (ne (int .replicas) 1) .autoscaling.enabled) }}
{{- fail (printf "services.%s keeps the one record of what happened on its volume: it runs as a StatefulSet with exactly 1 replica, without autoscaling (asked for: %s, replicas %d, autoscaling %t). A second one would be another exchange, not more of this one." .name .kind (int .replicas) (default false .autoscaling.enabled)) }}
{{- end }}
{{- if and (eq .kind "StatefulSet") (not .persistence) }}
{{- fail (printf "services.%s is a StatefulSet without persistence: make it a Deployment" .name) }}
{{- end }}
{{- $needed := add .shutdown.preStopSeconds .shutdown.drainSeconds }}
{{- if le (int .shutdown.terminationGracePeriodSeconds) (int $needed) }}
{{- fail (printf "services.%s.shutdown: terminationGracePeriodSeconds (%d) must be more than preStopSeconds + drainSeconds (%d): a pod would be killed in the middle of its last requests" .name (int .shutdown.terminationGracePeriodSeconds) (int $needed)) }}
{{- end }}
{{- if and .autoscaling.enabled (gt (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas)) }}
{{- fail (printf "services.%s.autoscaling: minReplicas (%d) is above maxReplicas (%d)" .name (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas)) }}
{{- end }}
{{- $paths := default list .scratch }}
{{- range .files }}{{ $paths = append $paths .mountPath }}{{ end }}
{{- with .persistence }}{{ $paths = append $paths .mountPath }}{{ end }}
{{- if ne (len $paths) (len (uniq $paths)) }}
{{- fail (printf "services.%s: two volumes at one path, of %s" .name (join ", " (sortAlpha $paths))) }}
{{- end }}
{{- include "service.validateResources" . }}
{{- end }}

{{/* No limit below what is requested: the cluster would say so only when half of the release is there. Takes {name, resources}. */}}
{{- define "service.validateResources" -}}
{{- range $what, $request := .resources.requests }}
{{- $limit := get $.resources.limits $what }}
{{- if gt (include "service.amount" $request | float64) (include "service.amount" $limit | float64) }}
{{- fail (printf "%s: the limit of %s (%v) is below what is requested (%v)" $.name $what $limit $request) }}
{{- end }}
{{- end }}
{{- end }}

{{/* A quantity of Kubernetes (250m, "1", 1.5Gi) as a number. */}}
{{- define "service.amount" -}}
{{- $unit := regexFind "[A-Za-z]*$" (toString .) }}
{{- $factors := dict "" 1 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 }}
{{- mulf (trimSuffix $unit (toString .) | float64) (get $factors $unit) }}
{{- end }}
