{{- define "promptlab.labels" -}}
app.kubernetes.io/name: promptlab
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
