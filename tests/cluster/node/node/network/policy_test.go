package network

import (
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func pod(name, namespace, address string) *core.Pod {
	return &core.Pod{
		ObjectMeta: meta.ObjectMeta{Name: name, Namespace: namespace, Labels: map[string]string{"app": name}},
		Status:     core.PodStatus{PodIP: address},
		Spec: core.PodSpec{Containers: []core.Container{{
			Ports: []core.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: core.ProtocolTCP}},
		}}},
	}
}

func selecting(name string) *meta.LabelSelector {
	return &meta.LabelSelector{MatchLabels: map[string]string{"app": name}}
}

// policy is one of namespace "here", for the pods of this name.
func policy(name string, kind networking.PolicyType, peers []networking.NetworkPolicyPeer, ports ...networking.NetworkPolicyPort) *networking.NetworkPolicy {
	made := &networking.NetworkPolicy{
		ObjectMeta: meta.ObjectMeta{Namespace: "here"},
		Spec:       networking.NetworkPolicySpec{PodSelector: *selecting(name), PolicyTypes: []networking.PolicyType{kind}},
	}
	switch {
	case peers == nil:
	case kind == networking.PolicyTypeIngress:
		made.Spec.Ingress = []networking.NetworkPolicyIngressRule{{From: peers, Ports: ports}}
	default:
		made.Spec.Egress = []networking.NetworkPolicyEgressRule{{To: peers, Ports: ports}}
	}
	return made
}

func port(number intstr.IntOrString) networking.NetworkPolicyPort {
	return networking.NetworkPolicyPort{Port: &number}
}

func TestPoliciesBecomeTheseRules(t *testing.T) {
	in, out := networking.PolicyTypeIngress, networking.PolicyTypeEgress
	everyone := []networking.NetworkPolicyPeer{}
	http := port(intstr.FromString("http"))
	until := int32(9000)
	several := port(intstr.FromInt32(8000))
	several.EndPort = &until
	for _, one := range []struct {
		name   string
		policy *networking.NetworkPolicy
		want   string // the chain of the one pod that the policy is for; empty: it is not isolated
	}{
		{"without a rule nobody enters", policy("server", in, nil), "drop"},
		{"without peers everybody does", policy("server", in, everyone), "return drop"},
		{"to a port", policy("server", in, everyone, port(intstr.FromInt32(80))), "tcp dport 80 return drop"},
		{"to a range of ports", policy("server", in, everyone, several), "tcp dport 8000-9000 return drop"},
		{"to a port by its name", policy("server", in, everyone, http), "tcp dport 8080 return drop"},
		{"to a name that the pod has not", policy("server", in, everyone, port(intstr.FromString("grpc"))), "drop"},
		{
			"from pods of the same namespace only",
			policy("server", in, []networking.NetworkPolicyPeer{{PodSelector: selecting("client")}}, http),
			"ip saddr 10.0.0.2 tcp dport 8080 return drop",
		},
		{
			"from pods of another namespace",
			policy("server", in, []networking.NetworkPolicyPeer{{NamespaceSelector: selecting("there"), PodSelector: selecting("client")}}),
			"ip saddr 10.0.0.3 return drop",
		},
		{
			"from a whole namespace",
			policy("server", in, []networking.NetworkPolicyPeer{{NamespaceSelector: selecting("there")}}),
			"ip saddr 10.0.0.3 return drop",
		},
		{
			"from networks but for a part",
			policy("server", in, []networking.NetworkPolicyPeer{{IPBlock: &networking.IPBlock{CIDR: "10.0.0.0/8", Except: []string{"10.1.0.0/16"}}}}),
			"ip saddr 10.0.0.0/8 ip saddr != { 10.1.0.0/16 } return drop",
		},
		{
			"out, where a name is that of the called pod's port",
			policy("client", out, []networking.NetworkPolicyPeer{{PodSelector: selecting("server")}}, http),
			"ip daddr 10.0.0.1 tcp dport 8080 return drop",
		},
		{"for a pod that there is not", policy("nobody", in, nil), ""},
	} {
		cluster := view{
			pods: []*core.Pod{
				pod("server", "here", "10.0.0.1"), pod("client", "here", "10.0.0.2"), pod("client", "there", "10.0.0.3"),
				pod("client", "here", ""),
			},
			namespaces: []*core.Namespace{
				{ObjectMeta: meta.ObjectMeta{Name: "here", Labels: map[string]string{"app": "here"}}},
				{ObjectMeta: meta.ObjectMeta{Name: "there", Labels: map[string]string{"app": "there"}}},
			},
			policies: []*networking.NetworkPolicy{one.policy},
		}
		rules, err := cluster.rules()
		if err != nil {
			t.Fatal(err)
		}
		if got := isolated(rules); got != one.want {
			t.Errorf("%s: %q instead of %q", one.name, got, one.want)
		}
	}
}

// isolated is the chain of a pod as one line.
func isolated(rules string) string {
	_, rest, found := strings.Cut(rules, "gress")
	if !found {
		return ""
	}
	_, body, _ := strings.Cut(rest, "{")
	body, _, _ = strings.Cut(body, "\n}")
	return strings.Join(strings.Fields(body), " ")
}
