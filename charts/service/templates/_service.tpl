{{/*
A cluster address for every kind of workload. Also for the StatefulSet: callers keep one address over its restarts and
are refused at once in between, where the name of a headless Service would be unknown, and cached as such.
*/}}
{{- define "service.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .fullname }}
  labels:
    {{- include "service.labels" . | nindent 4 }}
spec:
  type: ClusterIP
  {{- if eq .kind "StatefulSet" }}
  {{- /*
  There is no other pod to send anybody to, and one that is not ready answers by itself: the engine without room on its
  volume refuses commands with a sentence, and its readers read on.
  */}}
  publishNotReadyAddresses: true
  {{- end }}
  selector:
    {{- include "service.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ int .port }}
      targetPort: http
      appProtocol: http
{{- end }}

{{/* No service of this platform talks to Kubernetes: an account of its own, without a token. */}}
{{- define "service.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .fullname }}
  labels:
    {{- include "service.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end }}

{{- define "service.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .fullname }}
  labels:
    {{- include "service.labels" . | nindent 4 }}
data:
  {{- range $variable, $value := .env }}
  {{ $variable }}: {{ $value | quote }}
  {{- end }}
{{- end }}
