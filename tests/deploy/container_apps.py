"""The Bicep files: they parse, they deploy every alert, and the settings they give pass the guardrails of the service."""

import re
from pathlib import Path

from pycep import BicepParser

import kubernetes

ROOT = Path(__file__).resolve().parents[2]
BICEP = ROOT / "deploy/bicep"
QUERIES = ROOT / "deploy/alerts/azure"
SEVERITIES = {"critical": 1, "warning": 2}
SAID = "container apps: the Bicep files parse, deploy every alert, and pass `app config check`"
# How long the ingress of Container Apps lets a request take.
INGRESS_LIMIT_SECONDS = 240
PUBLIC_URL = "https://research-desk.contoso.com"


def check(app):
    main, alerts = (BicepParser().parse(text=(BICEP / name).read_text()) for name in ["main.bicep", "alerts.bicep"])
    service = main["resources"]["service"]["config"]["properties"]
    return (
        check_service(main, service)
        + check_settings(app, main, service)
        + check_alerts(alerts)
        + check_parameters(main)
    )


def check_service(main, service):
    (container,) = service["template"]["containers"]
    ingress = service["configuration"]["ingress"]
    variables = {entry["name"]: entry.get("value") for entry in container["env"]}
    platform = main["resources"]["platformAuthentication"]["config"]["properties"]["platform"]
    secrets = service["configuration"]["secrets"]
    vault = main["resources"]["vault"]["config"]["properties"]
    probes = {probe["type"]: probe["httpGet"] for probe in container["probes"]}
    facts = {
        "platform authentication is off": platform == {"enabled": False},
        "AUTH_REQUIRED is true, whatever the parameters say": variables["AUTH_REQUIRED"] == "true",
        "the ingress leads to the public port": ingress["targetPort"] == 8080,
        "the ingress refuses plain HTTP": ingress["allowInsecure"] is False,
        "the ingress can be closed to all but the firewall": "firewallNetworks" in str(ingress["ipSecurityRestrictions"]),
        "the identity is one the user assigned":
            main["resources"]["service"]["config"]["identity"]["type"] == "UserAssigned",
        "AZURE_CLIENT_ID is that of the identity": accessed(variables["AZURE_CLIENT_ID"]) == "identity.properties.clientId",
        "AZURE_AD_CLIENT_ID is that of the registration": variables["AZURE_AD_CLIENT_ID"] == "apiClientId",
        "secrets are references to Key Vault": all("keyVaultUrl" in entry and "value" not in entry for entry in secrets),
        "no variable takes a secret": all("secretRef" not in entry for entry in container["env"]),
        "the vault obeys roles": vault["enableRbacAuthorization"] is True,
        "the vault cannot be purged": vault["enablePurgeProtection"] is True,
        "the alerts find the log by the container's name": container["name"] == "research-desk",
        "probes ask the management port": probes == {
            "Startup": {"path": "/livez", "port": 9090},
            "Liveness": {"path": "/livez", "port": 9090},
            "Readiness": {"path": "/readyz", "port": 9090},
        },
    }
    return [f"it is no longer so that {fact}" for fact, holds in facts.items() if not holds]


def accessed(value):
    """`a.b.c` of what the parser makes of it."""
    if isinstance(value, str):
        return value
    operands = value["operator"]["operands"]
    return f"{accessed(operands['operand_1'])}.{accessed(operands['operand_2'])}"


def check_settings(app, main, service):
    (container,) = service["template"]["containers"]
    faults = []
    for environment in ["test", "staging", "uat", "prod"]:
        given = {
            "environmentName": environment,
            "tenantId": "11111111-1111-1111-1111-111111111111",
            "apiClientId": "22222222-2222-2222-2222-222222222222",
            "identity.properties.clientId": "33333333-3333-3333-3333-333333333333",
            "publicUrl": PUBLIC_URL,
            "trustedHops": "2",
        }
        values = {entry["name"]: accessed(entry["value"]) for entry in container["env"]}
        variables = {name: given.get(value, value) for name, value in values.items()}
        output, exit_code = kubernetes.config_check(app, environment, variables)
        if exit_code != 0:
            faults.append(f"{environment}: `app config check` refuses the settings:\n{output}")
            continue
        needed = sum(kubernetes.seconds(output, key) for key in ["server.drain_delay", "server.shutdown_grace"])
        if kubernetes.seconds(output, "mcp.wait_timeout") >= INGRESS_LIMIT_SECONDS:
            faults.append(f"{environment}: the ingress ends a call that may wait for mcp.wait_timeout")
        if service["template"]["terminationGracePeriodSeconds"] < needed + 10:
            faults.append(f"{environment}: replicas are killed while they drain, which may take {needed} s")
        colliding = variables | {"AZURE_CLIENT_ID": variables["AZURE_AD_CLIENT_ID"]}
        output, exit_code = kubernetes.config_check(app, environment, colliding)
        if exit_code != 78 or "PC02" not in output:
            faults.append(f"{environment}: identities that collide are not refused:\n{output}")
    return faults


def check_alerts(alerts):
    """Each query is deployed once, with the severity and the times that stand at its head."""
    deployed = {entry["name"]: entry for entry in alerts["variables"]["alerts"]["value"]}
    faults = []
    if alerts["resources"]["rules"]["config"]["loop_type"]["detail"]["array_name"] != "alerts":
        faults.append("the alerts are not deployed")
    queries = {path.stem: path.read_text() for path in QUERIES.glob("*.kql")}
    faults += [f"{name} is not deployed" for name in sorted(queries.keys() - deployed.keys())]
    faults += [f"{name} has no query" for name in sorted(deployed.keys() - queries.keys())]
    for name, text in queries.items():
        severity, window, look_back = re.search(r"severity: (\w+); window: (\w+); look-back: (\w+);", text).groups()
        entry = deployed.get(name, {})
        expected = (SEVERITIES[severity], window, look_back, f"../alerts/azure/{name}.kql")
        path = entry.get("query", {}).get("function", {}).get("parameters", {}).get("file_path")
        found = (entry.get("severity"), entry.get("window"), entry.get("lookBack"), path)
        if found != expected:
            faults.append(f"{name} is deployed as {found} and should be as {expected}")
    return faults


def check_parameters(main):
    """The parser reads no parameter files: names are compared by hand."""
    declared = main["parameters"]
    text = (BICEP / "prod.bicepparam").read_text()
    given = re.findall(r"^param (\w+) =", text, re.M)
    required = [name for name, parameter in declared.items() if parameter["default"] is None]
    faults = [f"prod.bicepparam gives {name}, which nothing takes" for name in given if name not in declared]
    faults += [f"prod.bicepparam does not give {name}" for name in required if name not in given]
    secure = [name for name, parameter in declared.items() if {"type": "secure"} in parameter["decorators"]]
    if secure != ["databaseUrl"] or "param databaseUrl = readEnvironmentVariable(" not in text:
        faults.append("the database's address is no secure parameter, or stands in a file")
    return faults
