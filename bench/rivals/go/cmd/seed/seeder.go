package main

import (
	"context"
	"fmt"
	"log"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

type namedClass struct {
	resource schema.GroupVersionResource
	name     string
}

type seeder struct {
	settings
	from, to dynamic.Interface
	backups  schema.GroupVersionResource
	began    time.Time // the newest backup is an hour older
	backup   *unstructured.Unstructured
	snapshot *unstructured.Unstructured
	classes  []namedClass
	made     bool
}

// install makes the namespace and all of it but the backups.
func (s *seeder) install(ctx context.Context) error {
	space := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": s.namespace}}}
	if _, err := s.to.Resource(namespaces).Create(ctx, space, metav1.CreateOptions{}); err != nil {
		return err
	}
	s.made = true
	for _, resource := range []schema.GroupVersionResource{
		snapshotClasses, noobaas, {Group: s.group, Version: "v1", Resource: "clusters"}, claims} {
		if err := s.copyAll(ctx, resource); err != nil {
			return fmt.Errorf("%s: %w", resource.Resource, err)
		}
	}
	var err error
	if s.backup, err = s.only(ctx, s.backups); err != nil {
		return err
	}
	s.snapshot, err = s.only(ctx, snapshots)
	return err
}

func (s *seeder) copyAll(ctx context.Context, resource schema.GroupVersionResource) error {
	list, err := s.from.Resource(resource).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range list.Items {
		object := s.movedHere(&list.Items[i])
		if resource == noobaas { // so that each pass deletes one
			most := int64(s.count - s.others)
			_ = unstructured.SetNestedField(object.Object, most,
				"spec", "dbSpec", "dbBackup", "volumeSnapshot", "maxSnapshots")
		}
		if resource == snapshotClasses {
			s.classes = append(s.classes, namedClass{resource, object.GetName()})
		}
		if err := s.put(ctx, resource, object); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) only(ctx context.Context, resource schema.GroupVersionResource) (*unstructured.Unstructured, error) {
	list, err := s.from.Resource(resource).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	if len(list.Items) != 1 {
		return nil, fmt.Errorf("the simulated cluster has %d %s instead of one", len(list.Items), resource.Resource)
	}
	return s.movedHere(&list.Items[0]), nil
}

// movedHere takes off what belongs to the other cluster. Without finalizers, as no controller is there to
// take them off again.
func (s *seeder) movedHere(object *unstructured.Unstructured) *unstructured.Unstructured {
	moved := object.DeepCopy()
	for _, field := range []string{"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields",
		"ownerReferences", "finalizers"} {
		unstructured.RemoveNestedField(moved.Object, "metadata", field)
	}
	if moved.GetNamespace() != "" {
		moved.SetNamespace(s.namespace)
	} else {
		moved.SetName(s.namespace + "-" + moved.GetName())
	}
	if class, found, _ := unstructured.NestedString(moved.Object, classOf...); found {
		_ = unstructured.SetNestedField(moved.Object, s.namespace+"-"+class, classOf...)
	}
	if class, found, _ := unstructured.NestedString(moved.Object, clusterClassOf...); found {
		_ = unstructured.SetNestedField(moved.Object, s.namespace+"-"+class, clusterClassOf...)
	}
	// Real CRDs demand what a simulated Cluster does without.
	conditions, _, _ := unstructured.NestedSlice(moved.Object, "status", "conditions")
	for _, condition := range conditions {
		condition.(map[string]any)["lastTransitionTime"] = s.began.Format(time.RFC3339)
	}
	if len(conditions) > 0 {
		_ = unstructured.SetNestedSlice(moved.Object, conditions, "status", "conditions")
	}
	return moved
}

var (
	classOf        = []string{"spec", "dbSpec", "dbBackup", "volumeSnapshot", "volumeSnapshotClass"}
	clusterClassOf = []string{"spec", "backup", "volumeSnapshot", "className"}
)

// put creates an object and, where it has one, its status.
func (s *seeder) put(ctx context.Context, resource schema.GroupVersionResource, object *unstructured.Unstructured) error {
	var client dynamic.ResourceInterface = s.to.Resource(resource)
	if object.GetNamespace() != "" {
		client = s.to.Resource(resource).Namespace(s.namespace)
	}
	made, err := client.Create(ctx, object, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	return s.putStatus(ctx, client, made, object)
}

func (s *seeder) putStatus(ctx context.Context, client dynamic.ResourceInterface, made, object *unstructured.Unstructured) error {
	status, found := object.Object["status"]
	if !found || object.GetKind() == "PersistentVolumeClaim" { // the claims' controller sees to theirs
		return nil
	}
	made.Object["status"] = status
	_, err := client.UpdateStatus(ctx, made, metav1.UpdateOptions{})
	return err
}

// fill makes the backups.
func (s *seeder) fill(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	numbers := make(chan int)
	var workers sync.WaitGroup
	for range s.workers {
		workers.Go(func() {
			for ago := range numbers {
				if err := s.makePast(ctx, ago); err != nil {
					cancel(err)
				}
			}
		})
	}
	start := time.Now()
	for ago := s.count; ago > 0 && ctx.Err() == nil; ago-- {
		numbers <- ago
		if done := s.count - ago; done > 0 && done%2000 == 0 {
			log.Printf("%d of %d backups after %.0f s", done, s.count, time.Since(start).Seconds())
		}
	}
	close(numbers)
	workers.Wait()
	return context.Cause(ctx)
}

func (s *seeder) makePast(ctx context.Context, ago int) error {
	when := s.began.Add(-time.Duration(ago) * time.Hour)
	name := "backup-" + when.Format("20060102-150405")
	backup := s.at(s.backup, name, when)
	snapshot := s.at(s.snapshot, name, when)
	if ago > s.count-s.others {
		for _, object := range []*unstructured.Unstructured{backup, snapshot} {
			setLabels(object, map[string]string{"cnpg.io/cluster": "another-db"})
		}
		_ = unstructured.SetNestedField(backup.Object, "another-db", "spec", "cluster", "name")
	}
	if err := s.put(ctx, s.backups, backup); err != nil {
		return err
	}
	return s.put(ctx, snapshots, snapshot)
}

// at returns the object of a backup of another name, begun at another time.
func (s *seeder) at(model *unstructured.Unstructured, name string, when time.Time) *unstructured.Unstructured {
	object := model.DeepCopy()
	began, err := time.Parse(time.RFC3339, textAt(s.backup, "status", "startedAt"))
	if err != nil {
		log.Fatal("the simulated cluster's Backup: ", err)
	}
	moved := mover{from: s.backup.GetName(), to: name, later: when.Sub(began)}
	for key, value := range object.Object {
		object.Object[key] = moved.value(key, value)
	}
	if model == s.snapshot {
		setLabels(object, map[string]string{"cnpg.io/backupDate": when.Format("20060102"),
			"cnpg.io/backupMonth": when.Format("200601"), "cnpg.io/backupYear": when.Format("2006")})
	}
	return object
}

// mover gives the texts of an object another backup's name, and times that much later.
type mover struct {
	from, to string
	later    time.Duration
}

func (m mover) value(key string, value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			value[key] = m.value(key, inner)
		}
	case []any:
		for i, inner := range value {
			value[i] = m.value(key, inner)
		}
	case string:
		if key == "cnpg.io/clusterManifest" || key == "cnpg.io/pgControldata" {
			return value
		}
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return at.Add(m.later).Format(time.RFC3339)
		}
		return strings.ReplaceAll(value, m.from, m.to)
	}
	return value
}

// complete is the operator: it completes new Backups until the context ends.
func (s *seeder) complete(ctx context.Context) error {
	backups := s.to.Resource(s.backups).Namespace(s.namespace)
	for ctx.Err() == nil {
		list, err := backups.List(ctx, metav1.ListOptions{Limit: 1})
		if err != nil {
			return err
		}
		watcher, err := backups.Watch(ctx, metav1.ListOptions{ResourceVersion: list.GetResourceVersion()})
		if err != nil {
			return err
		}
		for event := range watcher.ResultChan() {
			backup, ok := event.Object.(*unstructured.Unstructured)
			if !ok || event.Type != "ADDED" || textAt(backup, "status", "phase") != "" {
				continue
			}
			if err := s.completeOne(ctx, backup); err != nil && !apierrors.IsNotFound(err) {
				return fmt.Errorf("completing Backup %s: %w", backup.GetName(), err)
			}
		}
	}
	return ctx.Err()
}

func (s *seeder) completeOne(ctx context.Context, backup *unstructured.Unstructured) error {
	when := backup.GetCreationTimestamp().UTC()
	snapshot := s.at(s.snapshot, backup.GetName(), when)
	// It is this run's that made the Backup, if any's.
	unstructured.RemoveNestedField(snapshot.Object, "metadata", "labels", "noobaa.io/db-backup")
	unstructured.RemoveNestedField(snapshot.Object, "metadata", "labels", "noobaa.io/db-backup-run")
	unstructured.RemoveNestedField(snapshot.Object, "metadata", "annotations", "noobaa.io/db-backup-verdict")
	if err := s.put(ctx, snapshots, snapshot); err != nil {
		return err
	}
	client := s.to.Resource(s.backups).Namespace(s.namespace)
	return s.putStatus(ctx, client, backup, s.at(s.backup, backup.GetName(), when))
}

func textAt(object *unstructured.Unstructured, path ...string) string {
	text, _, _ := unstructured.NestedString(object.Object, path...)
	return text
}

func setLabels(object *unstructured.Unstructured, more map[string]string) {
	labels := object.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	for key, value := range more {
		labels[key] = value
	}
	object.SetLabels(labels)
}
