// lists reads all of a namespace's VolumeSnapshots in one of the forms an API server offers, decodes what
// a verdict needs of them, and says in one line what that cost: bytes of the answers as they came, bytes
// decompressed, milliseconds, milliseconds of the server's CPU (- where its metrics are not to be had),
// and how many snapshots had what a verdict needs.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// forms: what Accept asks for, and includeObject.
var forms = map[string][2]string{
	"full":           {"application/json", ""},
	"table-none":     {"application/json;as=Table;v=v1;g=meta.k8s.io", "None"},
	"table-metadata": {"application/json;as=Table;v=v1;g=meta.k8s.io", "Metadata"},
	"partial":        {"application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", ""},
}

type metadata struct {
	Name        string            `json:"name"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

type page struct {
	Metadata struct {
		Continue string `json:"continue"`
	} `json:"metadata"`
	Items []struct {
		Metadata metadata `json:"metadata"`
		Status   struct {
			ReadyToUse  *bool  `json:"readyToUse"`
			RestoreSize string `json:"restoreSize"`
		} `json:"status"`
	} `json:"items"`
	Rows []struct {
		Cells  []any `json:"cells"`
		Object struct {
			Metadata metadata `json:"metadata"`
		} `json:"object"`
	} `json:"rows"`
}

func main() {
	namespace := flag.String("n", "noobaa", "namespace")
	selector := flag.String("l", "", "label selector")
	form := flag.String("form", "full", "full, table-none, table-metadata or partial")
	size := flag.Int("page", 500, "objects a page")
	compressed := flag.Bool("gzip", false, "accept gzip")
	flag.Parse()
	log.SetFlags(0)
	if _, known := forms[*form]; !known || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		clientcmd.NewDefaultClientConfigLoadingRules(), nil).ClientConfig()
	if err != nil {
		log.Fatal(err)
	}
	config.DisableCompression = true // it is asked for and undone here, to count
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		log.Fatal(err)
	}
	r := reader{client: client, host: config.Host, compressed: *compressed}
	before := r.serverCPU()
	start := time.Now()
	if err := r.readAll(*namespace, *selector, *form, *size); err != nil {
		log.Fatal(err)
	}
	took := time.Since(start)
	server := "-"
	if before >= 0 {
		server = fmt.Sprintf("%.0f", (r.serverCPU()-before)*1000)
	}
	fmt.Println(r.received, r.decompressed, took.Milliseconds(), server, r.objects, r.ready, r.manifests, r.labelled)
}

type reader struct {
	client                              *http.Client
	host                                string
	compressed                          bool
	received, decompressed              int64
	objects, ready, manifests, labelled int
}

func (r *reader) readAll(namespace, selector, form string, size int) error {
	query := url.Values{"limit": {strconv.Itoa(size)}}
	if selector != "" {
		query.Set("labelSelector", selector)
	}
	if forms[form][1] != "" {
		query.Set("includeObject", forms[form][1])
	}
	for {
		path := "/apis/snapshot.storage.k8s.io/v1/namespaces/" + namespace + "/volumesnapshots?" + query.Encode()
		var p page
		if err := r.get(path, forms[form][0], &p); err != nil {
			return err
		}
		r.count(&p)
		if p.Metadata.Continue == "" {
			return nil
		}
		query.Set("continue", p.Metadata.Continue)
	}
}

func (r *reader) count(p *page) {
	look := func(m metadata) {
		r.objects++
		if m.Annotations["cnpg.io/clusterManifest"] != "" && m.Annotations["cnpg.io/pgControldata"] != "" {
			r.manifests++
		}
		if m.Labels["cnpg.io/backupName"] != "" {
			r.labelled++
		}
	}
	for i := range p.Items {
		look(p.Items[i].Metadata)
		if p.Items[i].Status.ReadyToUse != nil {
			r.ready++
		}
	}
	for i := range p.Rows {
		look(p.Rows[i].Object.Metadata)
		// Which columns a Table has is the CRD's affair.
		if len(p.Rows[i].Cells) > 1 {
			if _, is := p.Rows[i].Cells[1].(bool); is {
				r.ready++
			}
		}
	}
}

func (r *reader) get(path, accept string, into *page) error {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, r.host+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", accept)
	if r.compressed {
		request.Header.Set("Accept-Encoding", "gzip")
	}
	response, err := r.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, response.Status)
	}
	var body io.Reader = &counted{response.Body, &r.received}
	if response.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(body); err != nil {
			return err
		}
	}
	return json.NewDecoder(&counted{body, &r.decompressed}).Decode(into)
}

type counted struct {
	io.Reader
	count *int64
}

func (c *counted) Read(bytes []byte) (int, error) {
	n, err := c.Reader.Read(bytes)
	*c.count += int64(n)
	return n, err
}

// serverCPU is what the API server's process has used so far, in seconds; -1 when it does not say.
func (r *reader) serverCPU() float64 {
	response, err := r.client.Get(r.host + "/metrics")
	if err != nil {
		return -1
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return -1
	}
	for _, line := range bytes.Split(text, []byte("\n")) {
		if value, is := strings.CutPrefix(string(line), "process_cpu_seconds_total "); is {
			if seconds, err := strconv.ParseFloat(value, 64); err == nil {
				return seconds
			}
		}
	}
	return -1
}
