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
  files             mounted read-only: [{name, secret or configMap, items, mountPath, optional (a configMap)}]
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
