"""The overlays for Kubernetes: strictly valid, restricted, and accepted by the guardrails of the service they deploy."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
OVERLAYS = ROOT / "deploy/kustomize/overlays"
ENVIRONMENTS = ["dev", "test", "staging", "uat", "prod"]
SAID = "kubernetes: five overlays are valid, restricted, and pass `app config check`"

# Warnings that are as they should be: placeholders to fill in, and a management port behind a network policy.
EXPECTED_WARNINGS = {
    "PC03: the tenant id is one digit repeated",
    "PC03: the client id is one digit repeated",
    "PC12: the management listener is reachable",
}


def check(app):
    if sorted(path.name for path in OVERLAYS.iterdir()) != sorted(ENVIRONMENTS):
        return [f"{OVERLAYS} does not hold exactly {ENVIRONMENTS}"]
    return [f"{name}: {fault}" for name in ENVIRONMENTS for fault in check_overlay(app, name)]


def check_overlay(app, name):
    built = subprocess.run(["kubectl", "kustomize", OVERLAYS / name], capture_output=True, text=True)
    if built.returncode != 0:
        return [built.stderr]
    resources = {document["kind"]: document for document in yaml.safe_load_all(built.stdout)}
    faults = check_schema(built.stdout)
    faults += check_pod(resources)
    faults += check_network(resources)
    faults += check_identity(resources)
    variables = variables_of(resources)
    output, exit_code = config_check(app, name, variables)
    if exit_code != 0:
        return faults + [f"`app config check` refuses it:\n{output}"]
    for warning in re.findall(r"^warning (.+)$", output, re.M):
        if not any(warning.startswith(expected) for expected in EXPECTED_WARNINGS):
            faults.append(f"`app config check` warns: {warning}")
    faults += check_grace(resources, output)
    # The check above would be worth nothing if it did not read these very values.
    colliding = variables | {"AZURE_CLIENT_ID": variables["AZURE_AD_CLIENT_ID"]}
    output, exit_code = config_check(app, name, colliding)
    if exit_code != 78 or "PC02" not in output:
        faults.append(f"identities that collide are not refused:\n{output}")
    return faults


def check_schema(text):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        tool = Path(sys.prefix) / "bin/kubernetes-validate"
        done = subprocess.run([tool, "--strict", file.name], capture_output=True, text=True)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def check_pod(resources):
    pod = resources["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    facts = {
        "services are not injected as variables": pod["enableServiceLinks"] is False,
        "no token of the API server is mounted": pod["automountServiceAccountToken"] is False,
        "it does not run as root": pod["securityContext"]["runAsNonRoot"] is True,
        "system calls are filtered": pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"},
        "it gains no privileges": container["securityContext"]["allowPrivilegeEscalation"] is False,
        "its file system is read-only": container["securityContext"]["readOnlyRootFilesystem"] is True,
        "it has no capabilities": container["securityContext"]["capabilities"] == {"drop": ["ALL"]},
        "memory is limited": "memory" in container["resources"]["limits"],
        "processor time and memory are asked for": {"cpu", "memory"} <= container["resources"]["requests"].keys(),
        "the image has a version": not container["image"].endswith(":latest") and ":" in container["image"],
        "liveness asks the management port": probe(container, "livenessProbe") == ("/livez", "management"),
        "readiness asks the management port": probe(container, "readinessProbe") == ("/readyz", "management"),
        "the start asks the management port": probe(container, "startupProbe") == ("/livez", "management"),
        "the namespace enforces the restricted profile":
            resources["Namespace"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted",
        "a drain takes one pod at a time": resources["PodDisruptionBudget"]["spec"]["maxUnavailable"] == 1,
    }
    return [f"it is no longer so that {fact}" for fact, holds in facts.items() if not holds]


def probe(container, name):
    asked = container[name]["httpGet"]
    return asked["path"], asked["port"]


def check_network(resources):
    pod = resources["Deployment"]["spec"]["template"]
    ports = {port["name"]: port["containerPort"] for port in pod["spec"]["containers"][0]["ports"]}
    exposed = {port["targetPort"] for port in resources["Service"]["spec"]["ports"]}
    policy = resources["NetworkPolicy"]["spec"]
    annotations = pod["metadata"]["annotations"]
    admitted = {
        port["port"]: rule["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
        for rule in policy["ingress"]
        for port in rule["ports"]
    }
    faults = []
    if exposed != {"http"}:
        faults.append(f"the service exposes {exposed}")
    if sorted(policy["policyTypes"]) != ["Egress", "Ingress"]:
        faults.append("the network policy leaves a direction open")
    if any(not rule.get("from") for rule in policy["ingress"]) or any(not rule.get("to") for rule in policy["egress"]):
        faults.append("a rule of the network policy admits everybody")
    if admitted != {"http": "ingress-nginx", "management": "monitoring"}:
        faults.append(f"the network policy admits {admitted}")
    if annotations["prometheus.io/port"] != str(ports["management"]) or annotations["prometheus.io/path"] != "/metrics":
        faults.append("Prometheus is sent somewhere else than to the management port")
    return faults


def check_identity(resources):
    variables = variables_of(resources)
    account = resources["ServiceAccount"]["metadata"]
    pod = resources["Deployment"]["spec"]["template"]
    faults = []
    if account["annotations"]["azure.workload.identity/client-id"] != variables["AZURE_CLIENT_ID"]:
        faults.append("the service account stands for another identity than AZURE_CLIENT_ID")
    if pod["metadata"]["labels"]["azure.workload.identity/use"] != "true":
        faults.append("the pod does not use workload identity")
    if pod["spec"]["serviceAccountName"] != account["name"]:
        faults.append("the pod runs under another service account")
    if variables.get("AUTH_REQUIRED", "true") != "true":
        faults.append("it is shipped with AUTH_REQUIRED switched off")
    secret = [name for name in variables if re.search(r"SECRET|PASSWORD|CERTIFICATE", name) and not name.endswith("_FILE")]
    if secret or any("postgres://" in value for value in variables.values()):
        faults.append("a secret stands in a variable")
    return faults


def variables_of(resources):
    """What the container sees: the settings of the overlay and those of the deployment."""
    (container,) = resources["Deployment"]["spec"]["template"]["spec"]["containers"]
    names = [source["configMapRef"]["name"] for source in container["envFrom"]]
    assert names == [resources["ConfigMap"]["metadata"]["name"]], names
    return resources["ConfigMap"]["data"] | {entry["name"]: entry["value"] for entry in container["env"]}


def config_check(app, environment, variables):
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "url"
        secret.write_text("postgres://research-desk@database.contoso.com/desk\n")
        mounted = {
            name: str(secret) if name.endswith("_FILE") else value
            for name, value in variables.items()
        }
        done = subprocess.run(
            [Path(app).resolve(), "config", "check", "--env", environment],
            env=mounted, cwd=folder, capture_output=True, text=True,
        )
    return done.stdout + done.stderr, done.returncode


def check_grace(resources, output):
    """A pod must not be killed while it still drains."""
    allowed = resources["Deployment"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    needed = sum(seconds(output, key) for key in ["server.drain_delay", "server.shutdown_grace"])
    if needed <= 0 or allowed < needed + 10:
        return [f"terminationGracePeriodSeconds is {allowed}, and draining may take {needed} s and the last records some more"]
    return []


def seconds(output, key):
    value = re.search(rf"^{re.escape(key)}\s+((?:\d+(?:ms|s|m|h)\s?)+)", output, re.M)
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)(ms|s|m|h)", value[1]))
