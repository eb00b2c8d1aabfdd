# Stand-in for node:26-bookworm-slim where no image registry answers. Its context holds Node as the npm package `node` ships it.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libatomic1 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
COPY node /usr/local/bin/node
RUN groupadd -g 1000 node && useradd -u 1000 -g node -m -s /bin/bash node && node --version
CMD ["node"]
