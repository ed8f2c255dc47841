{{- define "service.workload" -}}
apiVersion: apps/v1
kind: {{ .kind }}
metadata:
  name: {{ .fullname }}
  labels:
    {{- include "service.labels" . | nindent 4 }}
spec:
  {{- if not .autoscaling.enabled }}
  {{- /* With autoscaling the number is the autoscaler's: written here, every upgrade would reset it. */}}
  replicas: {{ int .replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      {{- include "service.selectorLabels" . | nindent 6 }}
  {{- if eq .kind "StatefulSet" }}
  {{- include "service.statefulSet" . | nindent 2 }}
  {{- else }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      {{- /*
      A new pod is ready before an old one goes: an upgrade costs no capacity, also where there is only one. No
      minReadySeconds: readiness waits for what a pod needs to serve, the old one serves on beside it for its preStop
      seconds, and Helm's --wait, which does not look at minReadySeconds, would call an upgrade done before it is.
      */}}
      maxSurge: 1
      maxUnavailable: 0
  {{- end }}
  template:
    {{- include "service.podTemplate" . | nindent 4 }}
{{- end }}

{{/*
The single writer of a journal. What must never happen is two of them on one journal, or one that goes on with an
empty folder; what may happen is a short pause.

- A StatefulSet and not a Deployment: its pod has one name, and a name exists once, so that the next pod cannot be made
  before the last one has ended. (Recreate promises that for upgrades only, not for a lost node.)
- podManagementPolicy Parallel: with one pod there is no order to keep, and OrderedReady waits for a pod that never gets
  ready before it replaces it. A bad release would stay, also after a rollback, until somebody deletes its pod by hand.
- updateStrategy RollingUpdate, which for one pod means: end, then start. OnDelete would leave the old binary running
  behind a release that says otherwise, and a journal that newer services rely on in the hands of older rules.
- Between two pods: the old one ends by itself (SIGTERM: what it took is on disk and answered), the volume
  (ReadWriteOnce) goes to at most one node, and the journal's lock file stops a second process with a sentence. So a
  forced deletion, the one way to have two pods, gives a restarting pod and not two journals.
- The volume outlives the StatefulSet and the release: nothing that Helm does deletes a journal.
*/}}
{{- define "service.statefulSet" -}}
serviceName: {{ .fullname }}
podManagementPolicy: Parallel
updateStrategy:
  type: RollingUpdate
persistentVolumeClaimRetentionPolicy:
  whenDeleted: Retain
  whenScaled: Retain
volumeClaimTemplates:
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: data
      {{- /* Only what selects: claims cannot be changed, so nothing in here may differ between releases. */}}
      labels:
        {{- include "service.selectorLabels" . | nindent 8 }}
    spec:
      accessModes: [{{ .persistence.accessMode }}]
      {{- with .persistence.storageClassName }}
      storageClassName: {{ . }}
      {{- end }}
      resources:
        requests:
          storage: {{ .persistence.size }}
{{- end }}
