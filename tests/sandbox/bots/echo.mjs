// The echo bot of line-bot-sdk-nodejs's own example; only LINE's address comes from outside.

import http from "node:http";
import { messagingApi, validateSignature } from "@line/bot-sdk";

const client = new messagingApi.MessagingApiClient({
  baseURL: process.env.LINE_API_BASE,
  channelAccessToken: process.env.LINE_CHANNEL_ACCESS_TOKEN,
});

async function handleEvent(event) {
  if (event.type !== "message" || event.message.type !== "text") {
    return null;
  }
  const echo = { type: "text", text: event.message.text };
  return client.replyMessage({ replyToken: event.replyToken, messages: [echo] });
}

const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const signature = request.headers["x-line-signature"] ?? "";
  if (!validateSignature(body, process.env.LINE_CHANNEL_SECRET, signature)) {
    response.writeHead(400).end();
    return;
  }
  await Promise.all(JSON.parse(body).events.map(handleEvent));
  response.writeHead(200).end();
});

server.listen(Number(process.env.PORT), "127.0.0.1");
