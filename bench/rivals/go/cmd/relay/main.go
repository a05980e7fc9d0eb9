// relay stands between a client and an API server, ends TLS on both sides, and writes down what passes:
// a line a request with nanoseconds of the monotonic clock, verb and target, and at the end of each
// connection a line with the bytes on the wire, TLS included.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

func main() {
	out := flag.String("kubeconfig-out", "", "written when it serves: how to reach it")
	logFile := flag.String("log", "", "what passed, a line each")
	flag.Parse()
	log.SetFlags(0)
	if *out == "" || *logFile == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := serve(*out, *logFile); err != nil {
		log.Fatal("relay: ", err)
	}
}

func serve(out, logFile string) error {
	loading := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		clientcmd.NewDefaultClientConfigLoadingRules(), nil)
	config, err := loading.ClientConfig()
	if err != nil {
		return err
	}
	namespace, _, err := loading.Namespace()
	if err != nil {
		return err
	}
	file, err := os.Create(logFile)
	if err != nil {
		return err
	}
	defer file.Close()
	book := &book{file: file}

	handler, err := forwarder(config, book)
	if err != nil {
		return err
	}
	certificate, certificatePEM, err := selfSigned()
	if err != nil {
		return err
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:   handler,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}},
		ErrorLog:  log.New(io.Discard, "", 0),
	}
	go func() {
		if err := server.ServeTLS(countingListener{plain, book}, "", ""); err != http.ErrServerClosed {
			log.Fatal("relay: ", err)
		}
	}()
	kubeconfig := api.NewConfig()
	kubeconfig.Clusters["relay"] = &api.Cluster{
		Server: "https://" + plain.Addr().String(), CertificateAuthorityData: certificatePEM}
	kubeconfig.AuthInfos["relay"] = &api.AuthInfo{Token: "the-relay-has-its-own"}
	kubeconfig.Contexts["relay"] = &api.Context{Cluster: "relay", AuthInfo: "relay", Namespace: namespace}
	kubeconfig.CurrentContext = "relay"
	if err := clientcmd.WriteToFile(*kubeconfig, out+".new"); err != nil {
		return err
	}
	if err := os.Rename(out+".new", out); err != nil {
		return err
	}
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	<-ended.Done()
	return server.Close()
}

// forwarder passes requests on as they are, compression included, with the kubeconfig's credentials.
func forwarder(config *rest.Config, book *book) (http.Handler, error) {
	target, err := url.Parse(config.Host)
	if err != nil {
		return nil, err
	}
	config.DisableCompression = true // neither asked for nor undone here: that is the client's affair
	transport, err := rest.TransportFor(config)
	if err != nil {
		return nil, err
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) {
			request.SetURL(target)
			request.Out.Header.Del("Authorization")
			request.Out.Header.Del("X-Forwarded-For")
		},
		Transport:     transport,
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
	}
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		book.note("%s %s", request.Method, request.URL.RequestURI())
		proxy.ServeHTTP(writer, request)
	}), nil
}

// book is the log; its writes are whole lines.
type book struct {
	mutex sync.Mutex
	file  *os.File
}

func (b *book) note(format string, values ...any) {
	var now unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
	line := fmt.Sprintf("%d "+format+"\n", append([]any{now.Nano()}, values...)...)
	b.mutex.Lock()
	defer b.mutex.Unlock()
	_, _ = b.file.WriteString(line)
}

type countingListener struct {
	net.Listener
	book *book
}

func (l countingListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &countingConnection{Conn: connection, book: l.book}, nil
}

type countingConnection struct {
	net.Conn
	book           *book
	sent, received atomic.Int64
	closed         sync.Once
}

func (c *countingConnection) Read(bytes []byte) (int, error) {
	n, err := c.Conn.Read(bytes)
	c.received.Add(int64(n))
	return n, err
}

func (c *countingConnection) Write(bytes []byte) (int, error) {
	n, err := c.Conn.Write(bytes)
	c.sent.Add(int64(n))
	return n, err
}

// Named from the client's side.
func (c *countingConnection) Close() error {
	c.closed.Do(func() { c.book.note("RECEIVED %d SENT %d", c.sent.Load(), c.received.Load()) })
	return c.Conn.Close()
}

func selfSigned() (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "benchmark relay"},
		NotBefore:             time.Now().Add(-time.Minute),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, text, nil
}
