#!/bin/sh
# The AuthorizedKeysCommand of an instance: prints each key with FINGERPRINT that EC2 Instance Connect pushed for USER and
# that may log in now. It follows the rules of AWS's agent, but reads no OCSP staples and writes no log.
#
#   authorized-keys.sh METADATA-URL TRUSTED-CERTIFICATE USER FINGERPRINT
#
# Fails if the metadata or the signer cannot be trusted, so that sshd lets nobody in.
set -eu
PATH=/usr/bin:/bin # sshd's own environment is bare
metadata=$1 trusted=$2 user=$3 fingerprint=$4

umask 077
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

ask() { curl --silent --fail --max-time 5 "$@"; } # seconds
token=$(ask --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/latest/api/token")
read_metadata() {
  path=$1
  shift
  ask --header "X-aws-ec2-metadata-token: $token" "$@" "$metadata/latest/meta-data/$path"
}

status=$(read_metadata "managed-ssh-keys/active-keys/$user/" --output blocks --write-out '%{http_code}') || true
[ "$status" != 404 ] || exit 0 # the user has no keys
[ "$status" = 200 ]
instance=$(read_metadata instance-id/ --dump-header head)
zone=$(read_metadata placement/availability-zone/)
domain=$(read_metadata services/domain/)
read_metadata managed-ssh-keys/signer-cert/ > signer.pem

# The instance's clock. AWS's agent asks `date`; the stand-in of the metadata tells the time that the test has set.
now=$(date --date "$(sed -n 's/^Date: \(.*\)\r$/\1/p' head)" +%s)

signer=managed-ssh-signer.${zone%[a-z]}.$domain
openssl verify -CAfile "$trusted" -no-CApath -no-CAstore -verify_hostname "$signer" signer.pem > /dev/null 2>&1
openssl x509 -in signer.pem -noout -pubkey > signer.pub

field() { sed -n "s/^#$1=//p" signed; }

# Whether the block in the files signed, key and signature lets the offered key in.
holds() {
  [ "$(field Instance)" = "$instance" ] &&
    [ "$(field Timestamp)" -gt "$now" ] 2> /dev/null &&
    grep -q '^ssh' key &&
    [ "$(ssh-keygen -l -f key | cut -d ' ' -f 2)" = "$fingerprint" ] &&
    openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 \
      -verify signer.pub -signature signature signed > /dev/null 2>&1
}

awk -v RS= '{ print > ("block-" NR) }' blocks # a blank line ends each
for block in block-*; do
  sed '/^[^#]/q' "$block" > signed # up to the key, which is the first line without a #
  tail -n 1 signed > key
  tail -n "+$(($(wc -l < signed) + 1))" "$block" | base64 -d > signature 2> /dev/null || continue
  if holds; then cat key; fi
done
