// client makes one volume-snapshot backup of NooBaa's database the way a small Go program does it:
// read the NooBaa CR, make a Backup, watch it until it completed, list the snapshots in pages, delete
// what exceeds maxSnapshots, patch the status. It exists to be measured; see docs/performance.md for
// what it leaves out.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/pager"
	watchtools "k8s.io/client-go/tools/watch"
)

var (
	noobaas   = schema.GroupVersionResource{Group: "noobaa.io", Version: "v1alpha1", Resource: "noobaas"}
	snapshots = schema.GroupVersionResource{Group: "snapshot.storage.k8s.io", Version: "v1", Resource: "volumesnapshots"}
)

type job struct {
	client    dynamic.Interface
	backups   schema.GroupVersionResource
	namespace string
	system    string
	cluster   string
}

// What retention needs of a snapshot; the rest of it can be collected.
type snapshot struct {
	name, backup string
	created      time.Time
}

func main() {
	namespace := flag.String("n", "noobaa", "namespace")
	system := flag.String("system", "noobaa", "name of the NooBaa CR")
	group := flag.String("cnpg-api-group", "postgresql.cnpg.io", "API group of CloudNativePG")
	timeout := flag.Duration("timeout", 30*time.Minute, "for everything")
	flag.Parse()

	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		clientcmd.NewDefaultClientConfigLoadingRules(), nil).ClientConfig()
	if err != nil {
		fail(err)
	}
	// The default of 5 requests a second would hold up the pages of a list.
	config.QPS, config.Burst = 50, 100
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		fail(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	j := job{
		client:    client,
		backups:   schema.GroupVersionResource{Group: *group, Version: "v1", Resource: "backups"},
		namespace: *namespace,
		system:    *system,
		cluster:   *system + "-db-pg-cluster",
	}
	if err := j.run(ctx); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "client:", err)
	os.Exit(1)
}

func (j *job) run(ctx context.Context) error {
	noobaa, err := j.client.Resource(noobaas).Namespace(j.namespace).Get(ctx, j.system, metav1.GetOptions{})
	if err != nil {
		return err
	}
	most, found, err := unstructured.NestedInt64(noobaa.Object,
		"spec", "dbSpec", "dbBackup", "volumeSnapshot", "maxSnapshots")
	if err != nil || !found {
		return fmt.Errorf("NooBaa %s has no spec.dbSpec.dbBackup.volumeSnapshot.maxSnapshots (%v)", j.system, err)
	}
	name, err := j.backUp(ctx)
	if err != nil {
		return err
	}
	kept, err := j.list(ctx)
	if err != nil {
		return err
	}
	if excess := len(kept) - int(most); excess > 0 {
		for _, old := range kept[:excess] {
			if err := j.remove(ctx, old); err != nil {
				return err
			}
		}
		kept = kept[excess:]
	}
	if err := j.patchStatus(ctx, kept); err != nil {
		return err
	}
	fmt.Printf("%s completed, %d kept\n", name, len(kept))
	return nil
}

// backUp makes a Backup and returns its name when it completed.
func (j *job) backUp(ctx context.Context) (string, error) {
	backups := j.client.Resource(j.backups).Namespace(j.namespace)
	made, err := backups.Create(ctx, &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": j.backups.GroupVersion().String(),
		"kind":       "Backup",
		"metadata":   map[string]any{"name": "backup-" + time.Now().UTC().Format("20060102-150405")},
		"spec": map[string]any{
			"cluster": map[string]any{"name": j.cluster},
			"method":  "volumeSnapshot",
			"online":  false,
		},
	}}, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	only := fields.OneTermEqualSelector("metadata.name", made.GetName()).String()
	watcher := watchFunc(func(options metav1.ListOptions) (watch.Interface, error) {
		options.FieldSelector = only
		return backups.Watch(ctx, options)
	})
	_, err = watchtools.Until(ctx, made.GetResourceVersion(), watcher, func(event watch.Event) (bool, error) {
		backup, ok := event.Object.(*unstructured.Unstructured)
		if !ok || event.Type == watch.Deleted {
			return false, fmt.Errorf("watch of Backup %s: %s", made.GetName(), event.Type)
		}
		phase, _, _ := unstructured.NestedString(backup.Object, "status", "phase")
		if phase == "failed" {
			return false, fmt.Errorf("Backup %s failed", made.GetName())
		}
		return phase == "completed", nil
	})
	return made.GetName(), err
}

type watchFunc func(options metav1.ListOptions) (watch.Interface, error)

func (f watchFunc) Watch(options metav1.ListOptions) (watch.Interface, error) { return f(options) }

func (f watchFunc) WatchWithContext(_ context.Context, options metav1.ListOptions) (watch.Interface, error) {
	return f(options)
}

// list returns the cluster's ready snapshots, the oldest first.
func (j *job) list(ctx context.Context) ([]snapshot, error) {
	pages := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return j.client.Resource(snapshots).Namespace(j.namespace).List(ctx, options)
	})
	var found []snapshot
	err := pages.EachListItem(ctx, metav1.ListOptions{LabelSelector: "cnpg.io/cluster=" + j.cluster},
		func(object runtime.Object) error {
			item := object.(*unstructured.Unstructured)
			if ready, _, _ := unstructured.NestedBool(item.Object, "status", "readyToUse"); !ready {
				return nil
			}
			created, _, _ := unstructured.NestedString(item.Object, "status", "creationTime")
			at, err := time.Parse(time.RFC3339, created)
			if err != nil {
				return fmt.Errorf("snapshot %s: %w", item.GetName(), err)
			}
			found = append(found, snapshot{item.GetName(), item.GetLabels()["cnpg.io/backupName"], at})
			return nil
		})
	sort.Slice(found, func(a, b int) bool {
		if !found[a].created.Equal(found[b].created) {
			return found[a].created.Before(found[b].created)
		}
		return found[a].name < found[b].name
	})
	return found, err
}

func (j *job) remove(ctx context.Context, old snapshot) error {
	err := j.client.Resource(snapshots).Namespace(j.namespace).Delete(ctx, old.name, metav1.DeleteOptions{})
	if err != nil || old.backup == "" {
		return err
	}
	return j.client.Resource(j.backups).Namespace(j.namespace).Delete(ctx, old.backup, metav1.DeleteOptions{})
}

func (j *job) patchStatus(ctx context.Context, kept []snapshot) error {
	names := make([]string, 0, len(kept))
	for _, each := range kept {
		names = append(names, each.name)
	}
	status := map[string]any{"totalSnapshots": len(kept), "availableSnapshots": names}
	if len(kept) > 0 {
		status["lastBackupTime"] = kept[len(kept)-1].created.Format(time.RFC3339)
	}
	patch, err := json.Marshal(map[string]any{
		"status": map[string]any{"dbStatus": map[string]any{"backupStatus": status}}})
	if err != nil {
		return err
	}
	_, err = j.client.Resource(noobaas).Namespace(j.namespace).Patch(
		ctx, j.system, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
	return err
}
