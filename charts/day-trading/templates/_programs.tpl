{{/*
The pod of a program that runs to its end (migrations, verify, smoke test, rollback check): locked up as the services
are. Takes {root, name, service, containers, volumes}.
*/}}
{{- define "day-trading.programPod" -}}
{{- $image := include "day-trading.image" (dict "root" .root "name" "toolbox") | fromJson }}
restartPolicy: Never
{{- with .serviceAccountName }}
serviceAccountName: {{ . }}
{{- end }}
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
{{- with .volumes }}
volumes:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* One of its containers. Takes {root, name, image, args, env (name to text), secretEnv, mounts, resources}. */}}
{{- define "day-trading.programContainer" -}}
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
    {{- include "service.secretEnv" . | nindent 4 }}
    {{- end }}
  {{- end }}
  resources:
    {{- toYaml .resources | nindent 4 }}
  securityContext:
    {{- include "service.containerSecurityContext" . | nindent 4 }}
  {{- with .mounts }}
  volumeMounts:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* Labels of such a pod. Takes {root, name, service}: service as in values (database, redis, broker). */}}
{{- define "day-trading.programLabels" -}}
{{- $connections := include "day-trading.connections" (dict "root" .root "service" .service) | fromJson }}
{{- $image := include "day-trading.image" (dict "root" .root "name" (default "toolbox" .image)) | fromJson }}
{{- include "service.podLabels" (dict "root" .root "name" .name "image" $image "podLabels" $connections.labels) }}
{{- end }}
