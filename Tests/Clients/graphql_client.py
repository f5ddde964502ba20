"""gql and graphql-core against a served pipeline: schema, query, mutation, subscription."""

import asyncio
import json
import sys

import aiohttp
from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import TransportQueryError


async def subscription(url, got, ready):
    """Reads server-sent events until one 'next' has come."""
    headers = {"Accept": "text/event-stream", "Content-Type": "application/json"}
    body = json.dumps({"query": "subscription { NewNotes { orderid text } }"})
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            ready.set()
            event = None
            async for line in answer.content:
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    event = text[7:]
                elif text.startswith("data: ") and event == "next":
                    got.append(json.loads(text[6:]))
                    return


async def sockets(url, got, ready):
    """Reads events of gql's own WebSocket transport until one has come."""
    transport = AIOHTTPWebsocketsTransport(
        url=url.replace("http://", "ws://"), subprotocols=["graphql-transport-ws"])
    async with Client(transport=transport, fetch_schema_from_transport=True) as client:
        name = (await client.execute(gql("{ __typename }")))["__typename"]
        assert name == "Query", name
        ready.set()
        async for event in client.subscribe(gql("subscription { NewNotes { orderid text } }")):
            got.append(event)
            return


async def main(url):
    transport = AIOHTTPTransport(url=url)
    async with Client(transport=transport, fetch_schema_from_transport=True) as client:
        got, ready = [], asyncio.Event()
        listening = asyncio.create_task(subscription(url, got, ready))
        await asyncio.wait_for(ready.wait(), 10)
        seen, open_ = [], asyncio.Event()
        socket = asyncio.create_task(sockets(url, seen, open_))
        await asyncio.wait_for(open_.wait(), 10)
        add = gql("mutation ($n: [NoteInput!]!) { Note(event: $n) { id orderid text at } }")
        add.variable_values = {"n": [{"orderid": 1, "text": "good"}]}
        rows = (await client.execute(add))["Note"]
        assert rows[0]["text"] == "good", rows
        await asyncio.wait_for(listening, 10)
        assert got[0]["data"]["NewNotes"] == {"orderid": 1, "text": "good"}, got
        # The subscription may have begun behind the first row; it sees one of the next ones.
        for number in range(50):
            if socket.done():
                break
            add.variable_values = {"n": [{"orderid": number, "text": "again"}]}
            await client.execute(add)
            await asyncio.wait([socket], timeout=0.2)
        await asyncio.wait_for(socket, 10)
        assert seen[0]["NewNotes"]["text"] in ("good", "again"), seen
        read = gql("query { Orders(limit: 2) { id notes { text } __typename } }")
        orders = (await client.execute(read))["Orders"]
        assert len(orders) == 2 and orders[0]["__typename"] == "Orders", orders
        try:
            await client.execute(gql("{ Orders(limit: -1) { id } }"))
            raise AssertionError("limit: -1 was taken")
        except TransportQueryError as error:
            assert error.errors[0]["path"] == ["Orders"], error.errors
    print("graphql: ok")


asyncio.run(main(sys.argv[1] + "/v1/graphql"))
