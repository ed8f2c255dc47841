{{/*
From this platform's words (calls, database, redis, broker, key) to what the library chart knows (environment, files,
labels, network rules). Takes {root, name, service}; JSON of a component without its root.
*/}}
{{- define "day-trading.component" -}}
{{- $root := .root }}
{{- $values := $root.Values }}
{{- $service := include "day-trading.serviceValues" . | fromJson }}
{{- include "day-trading.validateService" (dict "name" .name "service" $service) }}
{{- $image := include "day-trading.image" (dict "root" $root "name" $service.image) | fromJson }}
{{- $connections := include "day-trading.connections" (dict "root" $root "service" $service) | fromJson }}
{{- $files := $connections.files }}
{{- $checksums := $connections.checksums }}
{{- $env := dict "PORT" ($service.port | int | toString) }}
{{- if $service.keySet }}
{{- $files = append $files (dict "name" "key-set" "secret" (include "day-trading.keySetSecret" $root) "mountPath" "/keys/set") }}
{{- $env = set $env "SERVICE_KEYS_FILE" "/keys/set/service-keys.json" }}
{{- if not $service.rereadsKeySet }}
{{- $checksums = set $checksums "checksum/key-set" (include "day-trading.checksum" (dict "root" $root "secret" (include "day-trading.keySetSecret" $root) "keys" (list "service-keys.json"))) }}
{{- end }}
{{- end }}
{{- with $service.key }}
{{- if not (hasKey $values.serviceKeys .) }}{{ fail (printf "services.%s: there is no %s among the serviceKeys" $.name .) }}{{ end }}
{{- $secret := include "day-trading.serviceKeysSecret" $root }}
{{- $file := printf "%s.pem" . }}
{{- $files = append $files (dict "name" "key" "secret" $secret "items" (list $file) "mountPath" "/keys/own") }}
{{- $env = set $env "SERVICE_KEY_FILE" (printf "/keys/own/%s" $file) }}
{{- $checksums = set $checksums "checksum/key" (include "day-trading.checksum" (dict "root" $root "secret" $secret "keys" (list $file))) }}
{{- end }}
{{- range $callee := $service.calls }}
{{- $called := dict "root" $root "name" $callee }}
{{- $env = set $env (include "day-trading.urlVariable" $called) (include "day-trading.url" $called) }}
{{- end }}
{{- if and $service.traces $values.tracing.endpoint }}
{{- $env = set $env "OTLP_ENDPOINT" $values.tracing.endpoint }}
{{- end }}
{{- if $service.traces }}
{{- $env = set $env "LOG_LEVEL" $values.logLevel }}
{{- end }}
{{- if and $service.trustsProxies $values.ingress.trustedProxies }}
{{- $env = set $env "TRUSTED_PROXIES" (join "," $values.ingress.trustedProxies) }}
{{- end }}
{{- dict
  "name" .name
  "fullname" (include "day-trading.componentName" (dict "root" $root "name" .name))
  "kind" $service.kind
  "image" $image
  "args" $service.args
  "port" $service.port
  "replicas" $service.replicas
  "autoscaling" $service.autoscaling
  "disruption" $service.disruption
  "env" (mergeOverwrite $env (default dict $service.env))
  "secretEnv" (mergeOverwrite $connections.secretEnv (default dict $service.secretEnv))
  "files" (concat $files (default list $service.files))
  "scratch" $service.scratch
  "persistence" $service.persistence
  "podLabels" (mergeOverwrite $connections.labels (default dict $service.podLabels))
  "podAnnotations" (mergeOverwrite $checksums (default dict $service.podAnnotations))
  "probes" $service.probes
  "shutdown" $service.shutdown
  "resources" $service.resources
  "topologySpread" $service.topologySpread
  "nodeSelector" $service.nodeSelector
  "tolerations" $service.tolerations
  "affinity" $service.affinity
  "priorityClassName" $service.priorityClassName
  "network" (dict
    "enabled" $values.networkPolicies.enabled
    "ingress" (include "day-trading.ingressRules" (dict "root" $root "name" .name "service" $service) | fromJsonArray)
    "egress" (include "day-trading.egressRules" (dict "root" $root "service" $service) | fromJsonArray))
  "serviceMonitor" (dict
    "enabled" (and $service.metrics $values.monitoring.serviceMonitor.enabled)
    "interval" $values.monitoring.serviceMonitor.interval
    "labels" $values.monitoring.serviceMonitor.labels)
  | toJson }}
{{- end }}

{{/* A service's values over the defaults: maps are merged, all else replaced, also by 0 or false. */}}
{{- define "day-trading.serviceValues" -}}
{{- $merged := deepCopy .root.Values.defaults }}
{{- range $key, $value := .service }}
{{- $default := get $merged $key }}
{{- if and (kindIs "map" $value) (kindIs "map" $default) }}
{{- range $inner, $innerValue := $value }}
{{- if and (kindIs "map" $innerValue) (kindIs "map" (get $default $inner)) }}
{{- $_ := set $default $inner (mergeOverwrite (get $default $inner) $innerValue) }}
{{- else }}
{{- $_ := set $default $inner $innerValue }}
{{- end }}
{{- end }}
{{- else }}
{{- $_ := set $merged $key $value }}
{{- end }}
{{- end }}
{{- toJson $merged }}
{{- end }}

{{/*
What a program needs to reach its backing servers: addresses from secrets, the labels that the servers' own policies
ask for, the authorities that vouch for them, checksums of what was read. Takes {root, service}; database "*" is every one, told by the caller itself.
*/}}
{{- define "day-trading.connections" -}}
{{- $root := .root }}
{{- $values := $root.Values }}
{{- $secretEnv := dict }}
{{- $labels := dict }}
{{- with .service.database }}
{{- if ne . "*" }}
{{- $database := get $values.databases . }}
{{- if not $database }}{{ fail (printf "there is no database called %s in the values" .) }}{{ end }}
{{- $secretEnv = set $secretEnv "DATABASE_URL" (pick $database "secret" "key") }}
{{- end }}
{{- $labels = set $labels "day-trading/postgresql" "client" }}
{{- end }}
{{- if .service.redis }}
{{- $secretEnv = set $secretEnv "REDIS_URL" (pick $values.redis "secret" "key") }}
{{- $labels = set $labels "day-trading/redis" "client" }}
{{- end }}
{{- if .service.broker }}
{{- $secretEnv = set $secretEnv "BROKER_URL" (pick $values.broker "secret" "key") }}
{{- $labels = set $labels "day-trading/rabbitmq" "client" }}
{{- end }}
{{- range $variable, $key := .service.authEnv }}
{{- $secretEnv = set $secretEnv $variable (dict "secret" (include "day-trading.authSecret" $root) "key" $key) }}
{{- end }}
{{- $seen := list }}
{{- range $variable, $from := $secretEnv }}
{{- $seen = append $seen (include "day-trading.checksum" (dict "root" $root "secret" $from.secret "keys" (list $from.key))) }}
{{- end }}
{{- $files := list }}
{{- if and $labels $values.certificates.secret }}
{{- $files = append $files (dict "name" "certificates" "secret" $values.certificates.secret "mountPath" "/certs") }}
{{- $seen = append $seen (include "day-trading.checksum" (dict "root" $root "secret" $values.certificates.secret)) }}
{{- end }}
{{- $checksums := dict }}
{{- if $seen }}{{ $checksums = dict "checksum/secrets" (join "," $seen | sha256sum) }}{{ end }}
{{- dict "secretEnv" $secretEnv "labels" $labels "files" $files "checksums" $checksums | toJson }}
{{- end }}
