{{/*
What Pod Security "restricted" asks for, and a root file system that nobody writes to. Not settings: no service of
this platform needs less, so none can be run with less.
*/}}
{{- define "service.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
{{- /* Mounted keys are readable for this group alone; volumes become its own. */}}
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "service.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
