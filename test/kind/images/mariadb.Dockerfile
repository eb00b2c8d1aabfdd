# Stand-in for mariadb:10.11 where no image registry answers: server, client, mariadb-dump and mariadb-backup of Debian;
# user mysql (uid 999); no entrypoint script.
FROM debian:bookworm-slim
RUN groupadd -g 999 mysql && useradd -u 999 -g mysql -d /var/lib/mysql -s /usr/sbin/nologin mysql \
 && apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends mariadb-server mariadb-backup openssl zstd gzip \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/lib/mysql/* /usr/share/doc /usr/share/man && install -d -o mysql -g mysql /run/mysqld /var/lib/mysql
EXPOSE 3306
CMD ["mariadbd", "--user=mysql"]
