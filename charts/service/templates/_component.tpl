{{/*
Everything of one component, as YAML documents. This file is the chart's interface: each template takes the same
dictionary, a component, and knows nothing else. It says what runs; how that is run safely is decided here.

  root              the calling chart's root context (release, chart)
  name              what it is called in labels, such as "gateway"
  fullname          name of its objects
  kind              Deployment or StatefulSet
  image             {reference, version, pullPolicy, pullSecrets}
  args              arguments of the container
  port              where it listens; its name is always "http"
  replicas          how many; left out of the manifest when autoscaling is on
  autoscaling       {enabled, minReplicas, maxReplicas, targetCPUPercent}
  disruption        {maxUnavailable}; none: one at a time where there are several
  env               plain settings: a ConfigMap
  secretEnv         settings from secrets: {VARIABLE: {secret, key}}
  files             mounted read-only: [{name, secret or configMap, items, mountPath}]
  scratch           paths that may be written and are forgotten with the pod
  persistence       {mountPath, size, storageClassName, accessMode}: a volume of its own (StatefulSet)
  podLabels         labels beside the usual ones
  podAnnotations    such as checksums of what a running pod would not notice
  probes            {startup, readiness, liveness}: {path, periodSeconds, timeoutSeconds, failureThreshold}
  shutdown          {preStopSeconds, drainSeconds, terminationGracePeriodSeconds}
  resources         requests and limits
  topologySpread, nodeSelector, tolerations, affinity, priorityClassName
  network           {enabled, ingress, egress}: the rules of its NetworkPolicy
  serviceMonitor    {enabled, interval, labels}
*/}}
{{- define "service.component" -}}
{{- include "service.validate" . }}
{{- include "service.serviceAccount" . }}
---
{{ include "service.configMap" . }}
---
{{ include "service.service" . }}
---
{{ include "service.workload" . }}
{{- if .autoscaling.enabled }}
---
{{ include "service.horizontalPodAutoscaler" . }}
{{- end }}
{{- if include "service.hasDisruptionBudget" . }}
---
{{ include "service.podDisruptionBudget" . }}
{{- end }}
{{- if .network.enabled }}
---
{{ include "service.networkPolicy" . }}
{{- end }}
{{- if .serviceMonitor.enabled }}
---
{{ include "service.serviceMonitor" . }}
{{- end }}
{{- end }}

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
{{- end }}
