// seed fills a namespace of a real API server for the benchmark, completes the Backups that are made in it
// while it runs, and removes everything when it is told to end.
//
// What it writes is copied from a simulated cluster of one backup, so that both clusters hold the same
// kind of objects: the NooBaa CR, the Cluster, the classes, the claims, and that one backup so many times
// over, each with its own name and times.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

var (
	noobaas         = schema.GroupVersionResource{Group: "noobaa.io", Version: "v1alpha1", Resource: "noobaas"}
	snapshots       = schema.GroupVersionResource{Group: "snapshot.storage.k8s.io", Version: "v1", Resource: "volumesnapshots"}
	snapshotClasses = schema.GroupVersionResource{Group: "snapshot.storage.k8s.io", Version: "v1", Resource: "volumesnapshotclasses"}
	namespaces      = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	claims          = schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumeclaims"}
)

type settings struct {
	model, namespace, group, ready string
	count, others, workers         int
}

func main() {
	var s settings
	flag.StringVar(&s.model, "model", "", "kubeconfig of the simulated cluster to copy from")
	flag.StringVar(&s.namespace, "namespace", "", "the namespace to make, fill and remove")
	flag.StringVar(&s.group, "cnpg-api-group", "postgresql.cnpg.io", "API group of CloudNativePG, in both clusters")
	flag.StringVar(&s.ready, "ready-file", "", "written when the namespace is full")
	flag.IntVar(&s.count, "snapshots", 12, "how many backups")
	flag.IntVar(&s.others, "others", 0, "how many of them, the oldest, are another Cluster's")
	flag.IntVar(&s.workers, "workers", 16, "requests at a time")
	flag.Parse()
	log.SetFlags(0)
	log.SetPrefix("seed: ")
	if s.model == "" || s.namespace == "" || s.ready == "" || flag.NArg() > 0 || s.others > s.count {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, s); err != nil && !errors.Is(err, context.Canceled) {
		log.Fatal(err)
	}
}

func run(ctx context.Context, s settings) error {
	from, err := connect(s.model)
	if err != nil {
		return err
	}
	to, err := connect("")
	if err != nil {
		return err
	}
	seeder := &seeder{
		settings: s, from: from, to: to,
		backups: schema.GroupVersionResource{Group: s.group, Version: "v1", Resource: "backups"},
		began:   time.Now().UTC().Truncate(time.Second),
	}
	// Nothing may be left behind, whatever happened.
	defer seeder.remove()
	if err := seeder.install(ctx); err != nil {
		return err
	}
	if err := seeder.fill(ctx); err != nil {
		return err
	}
	if err := os.WriteFile(s.ready, nil, 0o600); err != nil {
		return err
	}
	return seeder.complete(ctx)
}

// connect takes KUBECONFIG when `kubeconfig` is empty.
func connect(kubeconfig string) (dynamic.Interface, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	if kubeconfig != "" {
		rules = &clientcmd.ClientConfigLoadingRules{ExplicitPath: kubeconfig}
	}
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	config.WarningHandler = rest.NoWarnings{}
	return dynamic.NewForConfig(config)
}

// remove deletes what install made and waits for it to go.
func (s *seeder) remove() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	for _, class := range s.classes {
		_ = s.to.Resource(class.resource).Delete(ctx, class.name, metav1.DeleteOptions{})
	}
	if !s.made {
		return
	}
	all := metav1.ListOptions{}
	for _, resource := range []schema.GroupVersionResource{snapshots, s.backups} {
		if err := s.to.Resource(resource).Namespace(s.namespace).DeleteCollection(ctx, metav1.DeleteOptions{}, all); err != nil {
			log.Print(err)
		}
	}
	if err := s.to.Resource(namespaces).Delete(ctx, s.namespace, metav1.DeleteOptions{}); err != nil {
		log.Print(err)
		return
	}
	for {
		if _, err := s.to.Resource(namespaces).Get(ctx, s.namespace, metav1.GetOptions{}); err != nil {
			if ctx.Err() != nil {
				log.Print(fmt.Errorf("namespace %s is still going: %w", s.namespace, err))
			}
			return
		}
		time.Sleep(time.Second)
	}
}
