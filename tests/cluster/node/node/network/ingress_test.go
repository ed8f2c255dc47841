package network

import (
	"testing"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	listers "k8s.io/client-go/listers/core/v1"
	ingresses "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"
)

// rule leads a host's path to a service of the same name as its namespace.
type rule struct{ namespace, host, path string }

func serving(t *testing.T, rules ...rule) ingress {
	t.Helper()
	byNamespace := cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc}
	all := cache.NewIndexer(cache.MetaNamespaceKeyFunc, byNamespace)
	services := cache.NewIndexer(cache.MetaNamespaceKeyFunc, byNamespace)
	for number, one := range rules {
		backend := networking.IngressBackend{Service: &networking.IngressServiceBackend{
			Name: one.namespace, Port: networking.ServiceBackendPort{Name: "http"},
		}}
		resource := &networking.Ingress{
			ObjectMeta: meta.ObjectMeta{Namespace: one.namespace, Name: string(rune('a' + number))},
			Spec: networking.IngressSpec{Rules: []networking.IngressRule{{
				Host: one.host,
				IngressRuleValue: networking.IngressRuleValue{HTTP: &networking.HTTPIngressRuleValue{
					Paths: []networking.HTTPIngressPath{{Path: one.path, Backend: backend}},
				}},
			}}},
		}
		service := &core.Service{
			ObjectMeta: meta.ObjectMeta{Namespace: one.namespace, Name: one.namespace},
			Spec: core.ServiceSpec{
				ClusterIP: one.namespace + ".test",
				Ports:     []core.ServicePort{{Name: "http", Port: 8080}},
			},
		}
		for indexer, object := range map[cache.Indexer]any{all: resource, services: service} {
			if err := indexer.Add(object); err != nil {
				t.Fatal(err)
			}
		}
	}
	return ingress{ingresses: ingresses.NewIngressLister(all), services: listers.NewServiceLister(services)}
}

func TestARequestGoesToTheRuleThatFitsBest(t *testing.T) {
	everyone, wildcard, named := rule{"everyone", "", "/v1/orders"}, rule{"wildcard", "*.example.com", "/v1"}, rule{"named", "a.example.com", "/"}
	for _, one := range []struct {
		name, host, path, want string
		rules                  []rule
	}{
		{"the longest path of a host", "h", "/v1/x", "long", []rule{{"short", "h", "/"}, {"long", "h", "/v1"}}},
		{"a host before none, whatever its path", "a.example.com", "/v1/orders", "named", []rule{everyone, named}},
		{"in either order", "a.example.com", "/v1/orders", "named", []rule{named, everyone}},
		{"a name before a wildcard", "a.example.com", "/v1/orders", "named", []rule{everyone, wildcard, named}},
		{"a wildcard before none", "b.example.com", "/v1/orders", "wildcard", []rule{everyone, wildcard, named}},
		{"another host: who answers for all", "b.org", "/v1/orders", "everyone", []rule{everyone, wildcard, named}},
		{"a wildcard is one label", "c.b.example.com", "/v1", "", []rule{wildcard}},
		{"a path ends at a slash", "h", "/v10", "", []rule{{"short", "h", "/v1"}}},
	} {
		target, err := serving(t, one.rules...).target(one.host, one.path)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if target != nil {
			got = target.String()
		}
		want := one.want
		if want != "" {
			want = "http://" + want + ".test:8080"
		}
		if got != want {
			t.Errorf("%s: %q instead of %q", one.name, got, want)
		}
	}
}
