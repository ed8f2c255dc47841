{{/*
The edges of the network, from the values alone: who calls whom, and who uses which backing server. An edge is one rule
with the caller (egress) and one with the called (ingress); where the other end is no pod of this chart, the values
name it (backing, ingress.controllerPeers, monitoring.peers).
*/}}

{{- define "day-trading.peer" -}}
{{- dict "podSelector" (dict "matchLabels" (include "service.selectorLabels" . | fromYaml)) | toJson }}
{{- end }}

{{- define "day-trading.ports" -}}
{{- list (dict "protocol" "TCP" "port" (int .)) | toJson }}
{{- end }}

{{/* Whom a program may call. Takes {root, service}: service has calls, database, redis, broker, traces. */}}
{{- define "day-trading.egressRules" -}}
{{- $root := .root }}
{{- $backing := $root.Values.backing }}
{{- $rules := list }}
{{- range $callee := .service.calls }}
{{- $called := get $root.Values.services $callee }}
{{- if not $called }}{{ fail (printf "there is no service called %s to be called" $callee) }}{{ end }}
{{- $rules = append $rules (dict
  "to" (list (include "day-trading.peer" (dict "root" $root "name" $callee) | fromJson))
  "ports" (include "day-trading.ports" $called.port | fromJsonArray)) }}
{{- end }}
{{- $used := list }}
{{- if .service.database }}{{ $used = append $used "postgresql" }}{{ end }}
{{- if .service.redis }}{{ $used = append $used "redis" }}{{ end }}
{{- if .service.broker }}{{ $used = append $used "rabbitmq" }}{{ end }}
{{- if and .service.traces $root.Values.tracing.endpoint }}{{ $used = append $used "collector" }}{{ end }}
{{- range $server := $used }}
{{- $at := get $backing $server }}
{{- $rules = append $rules (dict "to" $at.peers "ports" (include "day-trading.ports" $at.port | fromJsonArray)) }}
{{- end }}
{{- toJson $rules }}
{{- end }}

{{/* Who may call a service. Takes {root, name, service}. */}}
{{- define "day-trading.ingressRules" -}}
{{- $root := .root }}
{{- $name := .name }}
{{- $ports := include "day-trading.ports" .service.port | fromJsonArray }}
{{- $callers := list }}
{{- range $caller, $service := $root.Values.services }}
{{- if has $name (default list $service.calls) }}{{ $callers = append $callers $caller }}{{ end }}
{{- end }}
{{- range $program := list "smoke" "verify" }}
{{- if has $name (get $root.Values $program).calls }}{{ $callers = append $callers $program }}{{ end }}
{{- end }}
{{- $rules := list }}
{{- range $caller := $callers }}
{{- $rules = append $rules (dict "from" (list (include "day-trading.peer" (dict "root" $root "name" $caller) | fromJson)) "ports" $ports) }}
{{- end }}
{{- $routed := list }}
{{- range $root.Values.ingress.paths }}{{ $routed = append $routed .service }}{{ end }}
{{- if and $root.Values.ingress.enabled (has $name $routed) }}
{{- $rules = append $rules (dict "from" $root.Values.ingress.controllerPeers "ports" $ports) }}
{{- end }}
{{- if .service.metrics }}
{{- $rules = append $rules (dict "from" $root.Values.monitoring.peers "ports" $ports) }}
{{- end }}
{{- toJson $rules }}
{{- end }}

{{- define "day-trading.dnsRules" -}}
{{- list (dict
  "to" .Values.networkPolicies.dnsPeers
  "ports" (list (dict "protocol" "UDP" "port" 53) (dict "protocol" "TCP" "port" 53)))
  | toJson }}
{{- end }}

{{/* The policy of a program that nobody calls. Takes {root, name, service}. */}}
{{- define "day-trading.programPolicy" -}}
{{- include "service.networkPolicy" (dict
  "root" .root "name" .name
  "fullname" (printf "%s-%s" (include "day-trading.fullname" .root) .name)
  "annotations" .annotations
  "network" (dict "egress" (include "day-trading.egressRules" . | fromJsonArray))) }}
{{- end }}
