"""The official MCP client against a served pipeline: initialize, tools, a call, resources."""

import asyncio
import json
import sys

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client


async def main(url):
    async with streamable_http_client(url) as streams:
        async with ClientSession(streams[0], streams[1]) as session:
            server = await session.initialize()
            print("mcp: protocol", server.protocol_version)
            tools = (await session.list_tools()).tools
            names = sorted(tool.name for tool in tools)
            assert "GetOrders" in names, names
            answer = await session.call_tool("GetOrders", {"limit": 2})
            assert not answer.is_error, answer
            rows = json.loads(answer.content[0].text)
            assert len(rows) == 2, rows
            refused = await session.call_tool("GetOrders", {"limit": -1})
            assert refused.is_error, refused
            resources = (await session.list_resources()).resources
            for resource in resources:
                read = await session.read_resource(resource.uri)
                assert read.contents[0].text
    print("mcp: ok,", len(tools), "tools,", len(resources), "resources")


asyncio.run(main(sys.argv[1] + "/v1/mcp"))
