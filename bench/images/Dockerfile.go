# What a Go client takes: one static executable and CA certificates, as on a distroless base.
FROM scratch
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY client /client
USER 65532:65532
ENTRYPOINT ["/client"]
