{{/*
Secrets of the release's own: generated at the first install, found again (lookup) at every later one, and never in the
values. What was generated is kept in a value that only this run sees, so that the Secret and the checksums of the pods
that read it agree. Under `helm template` lookup finds nothing: every rendering makes new ones. Whoever deploys that
way (GitOps) names existing secrets instead.
*/}}

{{- define "day-trading.serviceKeysSecret" -}}
{{ .Values.secrets.existingServiceKeys | default (printf "%s-service-keys" (include "day-trading.fullname" .)) }}
{{- end }}
{{- define "day-trading.keySetSecret" -}}
{{ .Values.secrets.existingKeySet | default (printf "%s-key-set" (include "day-trading.fullname" .)) }}
{{- end }}
{{- define "day-trading.authSecret" -}}
{{ .Values.secrets.existingAuth | default (printf "%s-auth" (include "day-trading.fullname" .)) }}
{{- end }}

{{/* The data of a secret that is in the cluster, as JSON (base64, as Kubernetes has it). Takes {root, secret}. */}}
{{- define "day-trading.secretInCluster" -}}
{{- $found := lookup "v1" "Secret" .root.Release.Namespace .secret }}
{{- get (default dict $found) "data" | default dict | toJson }}
{{- end }}

{{/* The data of this chart's own secrets by name, as JSON: made once in a run. */}}
{{- define "day-trading.ownSecrets" -}}
{{- if not (hasKey .Values "_ownSecrets") }}
{{- $own := dict }}
{{- if not .Values.secrets.existingServiceKeys }}
{{- $name := include "day-trading.serviceKeysSecret" . }}
{{- $kept := include "day-trading.secretInCluster" (dict "root" . "secret" $name) | fromJson }}
{{- $private := dict }}
{{- $public := list }}
{{- range $service, $key := .Values.serviceKeys }}
{{- $file := printf "%s.pem" $service }}
{{- $pem := get $kept $file | b64dec | default (genPrivateKey "ed25519") }}
{{- $private = set $private $file (b64enc $pem) }}
{{- $public = append $public (dict
  "kty" "OKP" "crv" "Ed25519" "use" "sig" "alg" "EdDSA"
  "x" (include "day-trading.publicKey" $pem)
  "kid" (printf "%s-1" $service) "service" $service "scopes" $key.scopes) }}
{{- end }}
{{- $own = set $own $name $private }}
{{- $own = set $own (include "day-trading.keySetSecret" .) (dict "service-keys.json" (dict "keys" $public | toPrettyJson | b64enc)) }}
{{- end }}
{{- if not .Values.secrets.existingAuth }}
{{- $name := include "day-trading.authSecret" . }}
{{- $kept := include "day-trading.secretInCluster" (dict "root" . "secret" $name) | fromJson }}
{{- include "day-trading.signingKeySecretIsThere" (dict "root" . "secret" $name "kept" $kept) }}
{{- $own = set $own $name (dict
  "signing-key-secret" (get $kept "signing-key-secret" | default (randAlphaNum 48 | b64enc))
  "admin-username" (.Values.secrets.adminUsername | b64enc)
  "admin-password" (get $kept "admin-password" | default (randAlphaNum 32 | b64enc))) }}
{{- end }}
{{- $_ := set .Values "_ownSecrets" $own }}
{{- end }}
{{- toJson (get .Values "_ownSecrets") }}
{{- end }}

{{/*
Of a release that has been in the cluster, the signing-key-secret is never made a second time: nobody could be signed in
by what another one encrypted. What tells is the ConfigMap, since it is made after the Secrets and goes with the release: a
first install that failed before it had either begins anew. (Service keys may be new at any time.) Takes {root, secret, kept}.
*/}}
{{- define "day-trading.signingKeySecretIsThere" -}}
{{- $release := include "day-trading.fullname" .root }}
{{- if and (not (get .kept "signing-key-secret")) (lookup "v1" "ConfigMap" .root.Release.Namespace (printf "%s-matching-rules" $release)) }}
{{- fail (printf "the Secret %s is gone, or its key signing-key-secret, without which auth can sign nobody in; another one is not made up in its place. A running pod still has it (kubectl exec deployment/%s -- printenv SIGNING_KEY_SECRET), and so does a back-up: create the Secret again with signing-key-secret, admin-username and admin-password. If you want a new one, create the Secret with it, and do what docs/operations.md says of its rotation." .secret (include "day-trading.componentName" (dict "root" .root "name" "auth"))) }}
{{- end }}
{{- end }}

{{/*
The public half of an Ed25519 private key (PEM), as a JWK's x. Templates cannot ask for it, but a certificate holds it:
32 bytes behind the header of its SubjectPublicKeyInfo (RFC 8410), which is 30 2a 30 05 06 03 2b 65 70 03 21 00.
*/}}
{{- define "day-trading.publicKey" -}}
{{- $certificate := genSelfSignedCertWithKey "unused" nil nil 1 . }}
{{- $der := regexReplaceAll "-----[A-Z ]+-----|\\s" $certificate.Cert "" | b64dec }}
{{- $key := index (splitList (b64dec "MCowBQYDK2VwAyEA") $der) 1 | substr 0 32 }}
{{- b64enc $key | replace "+" "-" | replace "/" "_" | trimSuffix "=" }}
{{- end }}

{{/*
A fingerprint of some keys of a secret (none: of all), own or not; one that nobody can see yet counts by its name.
Takes {root, secret, keys}.
*/}}
{{- define "day-trading.checksum" -}}
{{- $own := include "day-trading.ownSecrets" .root | fromJson }}
{{- $data := get $own .secret | default (include "day-trading.secretInCluster" . | fromJson) }}
{{- $seen := list .secret }}
{{- range default (keys $data | sortAlpha) .keys }}{{ $seen = append $seen (printf "%s=%s" . (get $data .)) }}{{ end }}
{{- join "\n" $seen | sha256sum }}
{{- end }}
