{{/* The pod of a workload: one container, its settings, keys and volumes. */}}
{{- define "service.podTemplate" -}}
metadata:
  labels:
    {{- include "service.podLabels" . | nindent 4 }}
  annotations:
    {{- /* Settings are read at start: a pod whose settings changed is replaced. */}}
    checksum/settings: {{ toJson .env | sha256sum }}
    {{- with .podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ .fullname }}
  automountServiceAccountToken: false
  {{- /* Otherwise the variables GATEWAY_PORT and the like of every Service in the namespace would be set. */}}
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ int .shutdown.terminationGracePeriodSeconds }}
  securityContext:
    {{- include "service.podSecurityContext" . | nindent 4 }}
  {{- with include "service.placement" . | trim }}{{ nindent 2 . }}{{ end }}
  containers:
    - name: {{ .name }}
      image: {{ .image.reference }}
      imagePullPolicy: {{ .image.pullPolicy }}
      {{- with .args }}
      args: {{ toJson . }}
      {{- end }}
      ports:
        - name: http
          containerPort: {{ int .port }}
      envFrom:
        - configMapRef:
            name: {{ .fullname }}
      {{- with .secretEnv }}
      env:
        {{- include "service.secretEnv" . | trim | nindent 8 }}
      {{- end }}
      {{- include "service.probes" . | trim | nindent 6 }}
      {{- if gt (int .shutdown.preStopSeconds) 0 }}
      lifecycle:
        preStop:
          {{- /* Serves on while the news that this pod goes travels to whoever sends it requests. */}}
          sleep:
            seconds: {{ int .shutdown.preStopSeconds }}
      {{- end }}
      resources:
        {{- toYaml .resources | nindent 8 }}
      securityContext:
        {{- include "service.containerSecurityContext" . | nindent 8 }}
      {{- with include "service.volumeMounts" . | trim }}{{ nindent 6 . }}{{ end }}
  {{- with include "service.volumes" . | trim }}{{ nindent 2 . }}{{ end }}
{{- end }}

{{/* Environment variables from secrets. Takes {VARIABLE: {secret, key}}. */}}
{{- define "service.secretEnv" -}}
{{- range $variable, $from := . }}
- name: {{ $variable }}
  valueFrom:
    secretKeyRef:
      name: {{ $from.secret }}
      key: {{ $from.key }}
{{- end }}
{{- end }}

{{- define "service.probes" -}}
{{- range $kind := list "startup" "readiness" "liveness" }}
{{- $probe := get $.probes $kind }}
{{ $kind }}Probe:
  httpGet:
    path: {{ $probe.path }}
    port: http
  periodSeconds: {{ int $probe.periodSeconds }}
  timeoutSeconds: {{ int $probe.timeoutSeconds }}
  failureThreshold: {{ int $probe.failureThreshold }}
{{- end }}
{{- end }}

{{/* Where it runs: away from its own kind, and where the values say. */}}
{{- define "service.placement" -}}
{{- with .image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- if eq .kind "Deployment" }}
{{- with .topologySpread }}
topologySpreadConstraints:
  {{- range . }}
  - topologyKey: {{ .topologyKey }}
    maxSkew: {{ int .maxSkew }}
    whenUnsatisfiable: {{ .whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "service.selectorLabels" $ | nindent 8 }}
    {{- /* Pods of the release that is going do not count: what stays is spread evenly. */}}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "service.volumeMounts" -}}
{{- if or .files .scratch .persistence }}
volumeMounts:
  {{- with .persistence }}
  - name: data
    mountPath: {{ .mountPath }}
  {{- end }}
  {{- range .files }}
  - name: {{ .name }}
    mountPath: {{ .mountPath }}
    readOnly: true
  {{- end }}
  {{- range $index, $path := .scratch }}
  - name: scratch-{{ $index }}
    mountPath: {{ $path }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "service.volumes" -}}
{{- if or .files .scratch }}
volumes:
  {{- range .files }}
  - name: {{ .name }}
    {{- if .secret }}
    secret:
      secretName: {{ .secret }}
      defaultMode: 0440
    {{- else }}
    configMap:
      name: {{ .configMap }}
      {{- if .optional }}
      optional: true
      {{- end }}
    {{- end }}
      {{- with .items }}
      items:
        {{- range . }}
        - key: {{ . }}
          path: {{ . }}
        {{- end }}
      {{- end }}
  {{- end }}
  {{- range $index, $path := .scratch }}
  - name: scratch-{{ $index }}
    emptyDir:
      sizeLimit: 64Mi
  {{- end }}
{{- end }}
{{- end }}
