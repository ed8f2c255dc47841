{{- define "service.horizontalPodAutoscaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .fullname }}
  labels:
    {{- include "service.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: {{ .kind }}
    name: {{ .fullname }}
  minReplicas: {{ int .autoscaling.minReplicas }}
  maxReplicas: {{ int .autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ int .autoscaling.targetCPUPercent }}
  behavior:
    scaleDown:
      {{- /* Markets come in bursts: what was needed a few minutes ago is needed again soon. */}}
      stabilizationWindowSeconds: 300
{{- end }}

{{/*
A budget where it means something: where there are several pods, one at a time; where the values name a number, that.
A single pod with "one at a time" would be a budget that allows everything.
*/}}
{{- define "service.hasDisruptionBudget" -}}
{{- $pods := int .replicas }}
{{- if .autoscaling.enabled }}{{ $pods = int .autoscaling.minReplicas }}{{ end }}
{{- if or (gt $pods 1) (hasKey (default dict .disruption) "maxUnavailable") -}} yes {{- end }}
{{- end }}

{{- define "service.podDisruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .fullname }}
  labels:
    {{- include "service.labels" . | nindent 4 }}
spec:
  {{- $unavailable := 1 }}
  {{- if hasKey (default dict .disruption) "maxUnavailable" }}{{ $unavailable = int .disruption.maxUnavailable }}{{ end }}
  maxUnavailable: {{ $unavailable }}
  {{- /*
  A pod that does not work protects nobody: it never keeps a node from being drained. But where nobody may evict at all,
  a pod that is not ready is one that still reads its journal, and an eviction would make it begin again.
  */}}
  unhealthyPodEvictionPolicy: {{ eq $unavailable 0 | ternary "IfHealthyBudget" "AlwaysAllow" }}
  selector:
    matchLabels:
      {{- include "service.selectorLabels" . | nindent 6 }}
{{- end }}
