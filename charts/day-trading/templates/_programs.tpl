{{/*
The pod of a program that runs to its end (migrations, verify, smoke test, question before a release): locked up as the services
are. Takes {root, containers, files}: files as the library's components have them, for all containers.
*/}}
{{- define "day-trading.programPod" -}}
{{- $image := include "day-trading.image" (dict "root" .root "name" "toolbox") | fromJson }}
restartPolicy: Never
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "service.podSecurityContext" . | nindent 2 }}
{{- with $image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
containers:
  {{- .containers | nindent 2 }}
{{- with include "service.volumes" . | trim }}{{ nindent 0 . }}{{ end }}
{{- end }}

{{/* How long a Job that ended stays to be asked why, also after an uninstall, which leaves hooks: three days. */}}
{{- define "day-trading.failedJobSeconds" -}}
259200
{{- end }}

{{/* One of its containers. Takes {root, name, image, args, env (name to text), secretEnv, files, resources}. */}}
{{- define "day-trading.programContainer" -}}
{{- include "service.validateResources" . }}
{{- $image := include "day-trading.image" (dict "root" .root "name" .image) | fromJson -}}
- name: {{ .name }}
  image: {{ $image.reference }}
  imagePullPolicy: {{ $image.pullPolicy }}
  args: {{ toJson .args }}
  {{- if or .env .secretEnv }}
  env:
    {{- range $variable, $value := .env }}
    - name: {{ $variable }}
      value: {{ $value | quote }}
    {{- end }}
    {{- with .secretEnv }}
    {{- include "service.secretEnv" . | trim | nindent 4 }}
    {{- end }}
  {{- end }}
  resources:
    {{- toYaml .resources | nindent 4 }}
  securityContext:
    {{- include "service.containerSecurityContext" . | nindent 4 }}
  {{- with include "service.volumeMounts" . | trim }}{{ nindent 2 . }}{{ end }}
{{- end }}

{{/* Labels of such a pod. Takes {root, name, service}: service as in values (database, redis, broker). */}}
{{- define "day-trading.programLabels" -}}
{{- $connections := include "day-trading.connections" (dict "root" .root "service" .service) | fromJson }}
{{- $image := include "day-trading.image" (dict "root" .root "name" (default "toolbox" .image)) | fromJson }}
{{- include "service.podLabels" (dict "root" .root "name" .name "image" $image "podLabels" $connections.labels) }}
{{- end }}
