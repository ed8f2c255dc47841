{{/*
Name of what belongs to the release as a whole. The longest name made of it is <release>-matching-engine, which
Kubernetes puts before a hash of 10 letters into a label of at most 63.
*/}}
{{- define "day-trading.fullname" -}}
{{- if gt (len .Release.Name) 36 }}
{{- fail (printf "the release's name %s is too long (%d): at most 36 letters, or names made of it do not fit into Kubernetes' labels" .Release.Name (len .Release.Name)) }}
{{- end }}
{{- .Release.Name }}
{{- end }}

{{/*
Name of a component's objects: its own where the release is called as the chart is, else behind the release's name.
Takes {root, name}.
*/}}
{{- define "day-trading.componentName" -}}
{{- if eq .root.Release.Name .root.Chart.Name }}{{ .name }}{{ else }}{{ include "day-trading.fullname" .root }}-{{ .name }}{{ end }}
{{- end }}

{{/*
An image of the platform, as JSON: {reference, version, pullPolicy, pullSecrets}. Takes {root, name}. A tag may be a
digest ("sha256:…"). The version is what fits into a label.
*/}}
{{- define "day-trading.image" -}}
{{- $image := .root.Values.image }}
{{- $tag := (get $image.tags .name) | default $image.tag | default .root.Chart.AppVersion }}
{{- $path := prepend (compact (list $image.prefix .name)) $image.registry | compact | join "/" }}
{{- dict
  "reference" (printf "%s%s%s" $path (hasPrefix "sha256:" $tag | ternary "@" ":") $tag)
  "version" ($tag | replace ":" "-" | trunc 63 | trimSuffix "-" | trimSuffix "_" | trimSuffix ".")
  "pullPolicy" $image.pullPolicy
  "pullSecrets" $image.pullSecrets
  | toJson }}
{{- end }}

{{/* The variable that tells callers where a service is. Takes {root, name}. */}}
{{- define "day-trading.urlVariable" -}}
{{- $service := get .root.Values.services .name }}
{{- if not $service }}{{ fail (printf "there is no service called %s to be called" .name) }}{{ end }}
{{- get $service "urlVariable" | default (printf "%s_URL" (.name | upper | replace "-" "_")) }}
{{- end }}

{{- define "day-trading.url" -}}
{{- $service := get .root.Values.services .name -}}
http://{{ include "day-trading.componentName" . }}:{{ int $service.port }}
{{- end }}
