# Stand-in for nginx:stable where no image registry answers: nginx of the next Debian release, which knows the public image's directives.
FROM debian:bookworm-slim
RUN sed -i 's/bookworm/trixie/g' /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null; \
    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nginx-light && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
EXPOSE 80
CMD ["nginx", "-g", "daemon off;"]
